//! The eight orientations, held against pictures turned pixel by pixel.

use glam::Vec2;
use moretta_space::{FramePx, Orientation, PixelSpace, Point2, Rotation, SensorPx, Size};
use proptest::prelude::*;

/// A picture whose pixels are all different: each holds the column and row it had in the buffer.
#[derive(Clone, Debug, PartialEq)]
struct Picture {
    rows: Vec<Vec<(u32, u32)>>,
}

impl Picture {
    fn new(width: u32, height: u32) -> Self {
        Self {
            rows: (0..height)
                .map(|row| (0..width).map(|column| (column, row)).collect())
                .collect(),
        }
    }

    fn width(&self) -> usize {
        self.rows[0].len()
    }

    /// A quarter turn clockwise, by its definition: the first column, read upwards, becomes the first row.
    fn turned(&self) -> Self {
        let column = |x: usize| self.rows.iter().rev().map(|row| row[x]).collect();
        Self {
            rows: (0..self.width()).map(column).collect(),
        }
    }

    fn mirrored(&self) -> Self {
        Self {
            rows: self
                .rows
                .iter()
                .map(|row| row.iter().rev().copied().collect())
                .collect(),
        }
    }

    fn oriented(&self, orientation: Orientation) -> Self {
        let turns = orientation.rotation.degrees() / 90;
        let turned = (0..turns).fold(self.clone(), |picture, _| picture.turned());
        if orientation.mirror {
            turned.mirrored()
        } else {
            turned
        }
    }
}

fn centre<S: PixelSpace>(column: u32, row: u32) -> Point2<S> {
    Point2::from_raw(Vec2::new(column as f32 + 0.5, row as f32 + 0.5))
}

const SIZES: [(u32, u32); 7] = [(1, 1), (1, 4), (5, 1), (4, 4), (4, 6), (7, 5), (3, 8)];

#[test]
fn the_reference_turns_clockwise() {
    let picture = Picture::new(3, 2);
    assert_eq!(
        picture.turned().rows,
        [[(0, 1), (0, 0)], [(1, 1), (1, 0)], [(2, 1), (2, 0)]]
    );
    assert_eq!(picture.mirrored().rows[0], [(2, 0), (1, 0), (0, 0)]);
    assert_ne!(picture.turned().mirrored(), picture.mirrored().turned());
}

#[test]
fn each_pixel_centre_goes_where_the_pixel_goes() {
    for (width, height) in SIZES {
        let sensor = Size::<SensorPx>::new(width, height).unwrap();
        for orientation in Orientation::ALL {
            let picture = Picture::new(width, height).oriented(orientation);
            let upright = orientation.upright(sensor);
            assert_eq!(
                (upright.width() as usize, upright.height() as usize),
                (picture.width(), picture.rows.len())
            );
            for row in 0..upright.height() {
                for column in 0..upright.width() {
                    let (from_column, from_row) = picture.rows[row as usize][column as usize];
                    let (here, there) = (
                        centre::<FramePx>(column, row),
                        centre::<SensorPx>(from_column, from_row),
                    );
                    assert_eq!(
                        (orientation.frame_from_sensor(sensor) * there).raw(),
                        here.raw(),
                        "{orientation:?}"
                    );
                    assert_eq!(
                        (orientation.sensor_from_frame(sensor) * here).raw(),
                        there.raw(),
                        "{orientation:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn corners_meet_corners() {
    for (width, height) in SIZES {
        let sensor = Size::<SensorPx>::new(width, height).unwrap();
        for orientation in Orientation::ALL {
            let frame_from_sensor = orientation.frame_from_sensor(sensor);
            assert_eq!(
                frame_from_sensor.bounds(sensor.rect()),
                Ok(orientation.upright(sensor).rect())
            );
        }
    }
}

#[test]
fn the_top_left_corner_goes_where_the_words_say() {
    let sensor = Size::<SensorPx>::new(7, 4).unwrap();
    for (rotation, plain, mirrored) in [
        (Rotation::Deg0, (0.0, 0.0), (7.0, 0.0)),
        (Rotation::Deg90, (4.0, 0.0), (0.0, 0.0)),
        (Rotation::Deg180, (7.0, 4.0), (0.0, 4.0)),
        (Rotation::Deg270, (0.0, 7.0), (4.0, 7.0)),
    ] {
        for (mirror, expected) in [(false, plain), (true, mirrored)] {
            let corner = Orientation { rotation, mirror }.frame_from_sensor(sensor) * Point2::ORIGIN;
            assert_eq!(
                corner.raw(),
                Vec2::from(expected),
                "{rotation:?}, mirror {mirror}"
            );
        }
    }
}

#[test]
fn the_largest_picture_is_exact_too() {
    let sensor = Size::<SensorPx>::new(Size::<SensorPx>::MAX_SIDE, Size::<SensorPx>::MAX_SIDE - 1).unwrap();
    for orientation in Orientation::ALL {
        for (column, row) in [(0, 0), (1, 2), (sensor.width() - 1, sensor.height() - 1)] {
            let here = centre::<SensorPx>(column, row);
            let there = orientation.frame_from_sensor(sensor) * here;
            assert_eq!(there.raw().fract(), Vec2::splat(0.5), "{orientation:?}");
            assert_eq!(
                orientation.sensor_from_frame(sensor) * there,
                here,
                "{orientation:?}"
            );
        }
    }
}

#[test]
fn composition_does_one_after_the_other() {
    let picture = Picture::new(5, 3);
    for first in Orientation::ALL {
        for next in Orientation::ALL {
            assert_eq!(
                picture.oriented(first.then(next)),
                picture.oriented(first).oriented(next),
                "{first:?}, {next:?}"
            );
        }
    }
}

#[test]
fn the_eight_are_a_group() {
    for a in Orientation::ALL {
        assert_eq!(a.then(Orientation::UPRIGHT), a);
        assert_eq!(Orientation::UPRIGHT.then(a), a);
        assert_eq!(a.then(a.inverse()), Orientation::UPRIGHT);
        assert_eq!(a.inverse().then(a), Orientation::UPRIGHT);
        for b in Orientation::ALL {
            assert!(Orientation::ALL.contains(&a.then(b)));
            for c in Orientation::ALL {
                assert_eq!(a.then(b).then(c), a.then(b.then(c)));
            }
        }
    }
    let quarter = Orientation {
        rotation: Rotation::Deg90,
        mirror: false,
    };
    let mirror = Orientation {
        rotation: Rotation::Deg0,
        mirror: true,
    };
    assert_ne!(
        quarter.then(mirror),
        mirror.then(quarter),
        "the group of the square does not commute"
    );
}

#[test]
fn rotations_alone_turn_on() {
    for a in Rotation::ALL {
        assert_eq!(a.then(a.inverse()), Rotation::Deg0);
        for b in Rotation::ALL {
            assert_eq!(a.then(b).degrees(), (a.degrees() + b.degrees()) % 360);
        }
    }
}

fn orientation() -> impl Strategy<Value = Orientation> {
    proptest::sample::select(Orientation::ALL.as_slice())
}

proptest! {
    #[test]
    fn there_and_back_is_exact(
        orientation in orientation(),
        width in 1..=Size::<SensorPx>::MAX_SIDE,
        height in 1..=Size::<SensorPx>::MAX_SIDE,
        x in 0.0_f64..1.0,
        y in 0.0_f64..1.0,
    ) {
        let sensor = Size::<SensorPx>::new(width, height).unwrap();
        let pixel = centre::<SensorPx>((x * f64::from(width)) as u32, (y * f64::from(height)) as u32);
        let there = orientation.frame_from_sensor(sensor) * pixel;
        prop_assert!(orientation.upright(sensor).rect().contains(there));
        prop_assert_eq!(orientation.sensor_from_frame(sensor) * there, pixel);
        prop_assert_eq!(orientation.frame_from_sensor(sensor).inverse().unwrap() * there, pixel);
    }

    #[test]
    fn transforms_compose_as_orientations_do(
        first in orientation(),
        next in orientation(),
        width in 1_u32..5_000,
        height in 1_u32..5_000,
    ) {
        // The upright picture is handed on as the buffer of the next step: a change of space that only `raw`
        // allows.
        let sensor = Size::<SensorPx>::new(width, height).unwrap();
        let upright = first.upright(sensor);
        let handed_on = Size::<SensorPx>::new(upright.width(), upright.height()).unwrap();
        let in_turn = next.frame_from_sensor(handed_on).raw() * first.frame_from_sensor(sensor).raw();
        prop_assert_eq!(first.then(next).frame_from_sensor(sensor).raw(), in_turn);
        prop_assert_eq!(first.then(next).upright(sensor), next.upright(handed_on));
    }
}
