//! What a swap knows of the canonical face before it has seen one: which parts are bare skin, where hair hangs in, and how
//! the vertices hang together.

use glam::{Vec2, Vec3};
use moretta_geometry::canonical::{self, VERTICES};
use moretta_geometry::{Surface, region};
use moretta_space::Point2;

use super::shape::{self, Firm};

/// Tables of the canonical face, and of sRGB. Public data.
pub(crate) struct Atlas {
    pub(crate) surface: Surface,
    pub(crate) spots: Vec<Spot>,
    pub(crate) firm: Vec<Firm>,
    /// All vertices, from the outline inwards.
    pub(crate) inwards: Vec<u16>,
    /// All vertices, in an order in which hardly any comes soon after one that it shares an edge with: a processor works on
    /// several at once.
    pub(crate) apart: Vec<u16>,
    /// The light of each level of a byte.
    pub(crate) light: Vec<f32>,
}

/// What is known of a vertex.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// To the subject's left and up, within about -1 to 1.
    pub(crate) across: f32,
    pub(crate) up: f32,
    /// 1 on the cheeks and the nose, where there is skin on every face; else 0.
    pub(crate) core: f32,
    /// 0 on eyes, brows, lips and nostrils, which say nothing of the skin; else 1.
    pub(crate) bare: f32,
    /// 1 on eyes, brows and lips, which have a hue by themselves; else 0.
    pub(crate) tinted: f32,
    /// How much its colours count: along the outline, where a seam would show, more than inside, where the other's own
    /// shading is to be kept.
    pub(crate) hem: f32,
    /// Whether it is on the outline or next to it.
    pub(crate) on_hem: bool,
    /// How much a change there tells of something in front, 0 to 1: less where the wall behind comes into view and next to what moves
    /// by itself, and nothing on that.
    pub(crate) telling: f32,
    /// How much hair may hang in here, 0 to 1.
    pub(crate) hair: f32,
    /// The same, but for the brows, which are dark by themselves.
    pub(crate) strands: f32,
    /// How far frames of glasses may be here, 0 to 1: around the eyes and on the bridge of the nose, but not on brows and lids, which are
    /// dark by themselves.
    pub(crate) glasses: f32,
}

/// What is dark or bright by itself at the nostrils.
const NOSTRILS: [u16; 29] = [
    98, 97, 326, 327, 99, 60, 75, 59, 166, 79, 20, 242, 141, 94, 370, 462, 250, 309, 392, 289, 305, 290, 328,
    240, 460, 238, 458, 241, 461,
];
const HEM: f32 = 3.0;
const INSIDE: f32 = 0.35;
const SHAKY: f32 = 0.3;
const AT_THE_WALL: f32 = 0.1;

impl Atlas {
    pub(crate) fn new() -> Self {
        let surface = Surface::new();
        let uvs = canonical::uvs().map(Point2::raw);
        // What surrounds an opening or a brow is shaded by it: the rings are widened by a share of themselves.
        let rings: [(&[u16], f32); 5] = [
            (&region::LEFT_EYE, 0.6),
            (&region::RIGHT_EYE, 0.6),
            (&region::LEFT_BROW, 0.35),
            (&region::RIGHT_BROW, 0.35),
            (&region::LIPS_OUTER, 0.12),
        ];
        let on = |ring: &[u16], vertex: usize| ring.contains(&(vertex as u16));
        let is_feature = |vertex: usize| {
            on(&NOSTRILS, vertex)
                || rings
                    .iter()
                    .any(|(ring, wider)| on(ring, vertex) || is_inside(ring, *wider, uvs[vertex], &uvs))
        };
        let on_hem = |vertex: usize| {
            let near = surface.neighbours(vertex);
            on(&region::FACE_OVAL, vertex) || near.iter().any(|it| region::FACE_OVAL.contains(it))
        };
        let spot = |vertex: usize| {
            let (place, uv) = (canonical::positions()[vertex].raw(), uvs[vertex]);
            let feature = is_feature(vertex);
            let brow = on(&region::LEFT_BROW, vertex) || on(&region::RIGHT_BROW, vertex);
            // The forehead down to the brows, and the temples down to the ears.
            let above = falling(uv.y, 0.30, 0.36);
            let beside = rising((uv.x - 0.5).abs(), 0.36, 0.42) * falling(uv.y, 0.45, 0.55);
            let hair = above.max(beside);
            // On the nose less far down: its wings and nostrils throw shadows.
            let beside_nose = rising((uv.x - 0.5).abs(), 0.06, 0.12);
            let lowest = 0.49 + 0.09 * beside_nose;
            let at_the_eyes = rising(uv.y, 0.30, 0.34) * falling(uv.y, lowest, lowest + 0.04);
            let lid = on(&region::LEFT_EYE, vertex) || on(&region::RIGHT_EYE, vertex);
            let beside_feature = || {
                surface
                    .neighbours(vertex)
                    .iter()
                    .any(|it| is_feature(usize::from(*it)))
            };
            let telling = match (feature, on_hem(vertex)) {
                (true, _) => 0.0,
                (false, true) => AT_THE_WALL,
                (false, false) if beside_feature() => SHAKY,
                (false, false) => 1.0,
            };
            let core = !feature && place.x.abs() < 58.0 && uv.y > 0.3 && uv.y < 0.72;
            Spot {
                across: place.x / 80.0,
                up: place.y / 90.0,
                core: f32::from(u8::from(core)),
                bare: f32::from(u8::from(!feature)),
                tinted: f32::from(u8::from(feature && !on(&NOSTRILS, vertex))),
                hem: if on_hem(vertex) { HEM } else { INSIDE },
                on_hem: on_hem(vertex),
                telling,
                hair,
                strands: if brow { 0.0 } else { hair },
                glasses: if brow || lid { 0.0 } else { at_the_eyes },
            }
        };
        let linear = |level: u8| {
            let level = f32::from(level) / 255.0;
            if level <= 0.040_45 {
                level / 12.92
            } else {
                ((level + 0.055) / 1.055).powf(2.4)
            }
        };
        let spots: Vec<_> = (0..VERTICES).map(spot).collect();
        Self {
            firm: shape::table(&spots),
            spots,
            light: (0..=255).map(linear).collect(),
            inwards: inwards(&surface),
            apart: apart(&surface),
            surface,
        }
    }

    /// The light of a pixel.
    pub(crate) fn light(&self, rgb: [u8; 3]) -> Vec3 {
        Vec3::from(rgb.map(|level| self.light[usize::from(level)]))
    }
}

impl Spot {
    /// Whether there is skin on every face.
    pub(crate) fn is_core(&self) -> bool {
        self.core > 0.0
    }
}

/// All vertices, by how many edges they are away from the outline.
fn inwards(surface: &Surface) -> Vec<u16> {
    let mut order = region::FACE_OVAL.to_vec();
    let mut next = 0;
    while let Some(vertex) = order.get(next) {
        let near = surface.neighbours(usize::from(*vertex)).iter();
        let new: Vec<_> = near.filter(|it| !order.contains(it)).copied().collect();
        order.extend(new);
        next += 1;
    }
    order
}

/// All vertices, by colours: no two that share an edge have the same.
fn apart(surface: &Surface) -> Vec<u16> {
    let mut colours = [usize::MAX; VERTICES];
    for vertex in 0..VERTICES {
        let near = surface.neighbours(vertex);
        let is_free = |colour: &usize| near.iter().all(|it| colours[usize::from(*it)] != *colour);
        colours[vertex] = (0..).find(is_free).unwrap_or(usize::MAX);
    }
    let mut order: Vec<_> = (0..VERTICES as u16).collect();
    order.sort_by_key(|vertex| colours[usize::from(*vertex)]);
    order
}

/// Whether `place` lies in a ring of vertices that is wider than itself by the share `wider`.
fn is_inside(ring: &[u16], wider: f32, place: Vec2, uvs: &[Vec2; VERTICES]) -> bool {
    let corner = |vertex: &u16| uvs[usize::from(*vertex)];
    let middle = ring.iter().map(corner).sum::<Vec2>() / ring.len() as f32;
    let corners = || {
        ring.iter()
            .map(|it| middle + (corner(it) - middle) * (1.0 + wider))
    };
    let crossed = corners().zip(corners().cycle().skip(1)).filter(|(a, b)| {
        (a.y > place.y) != (b.y > place.y) && place.x < a.x + (b.x - a.x) * (place.y - a.y) / (b.y - a.y)
    });
    crossed.count() % 2 == 1
}

/// From 0 at `from` to 1 at `to`, smoothly. `to` is above `from`.
pub(crate) fn rising(number: f32, from: f32, to: f32) -> f32 {
    let share = ((number - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// From 1 at `from` to 0 at `to`, smoothly.
pub(crate) fn falling(number: f32, from: f32, to: f32) -> f32 {
    1.0 - rising(number, from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cheeks_are_skin_and_lips_lids_and_brows_are_not() {
        let atlas = Atlas::new();
        for cheek in [50, 280, 205, 425, 4, 5] {
            let spot = atlas.spots[cheek];
            assert_eq!((spot.core, spot.bare), (1.0, 1.0), "{cheek}");
        }
        for feature in [33, 159, 263, 70, 105, 334, 13, 14, 61, 0, 17] {
            let spot = atlas.spots[feature];
            assert_eq!((spot.core, spot.bare), (0.0, 0.0), "{feature}");
        }
        let core = atlas.spots.iter().filter(|spot| spot.core == 1.0).count();
        assert!((60..250).contains(&core), "{core}");
    }

    #[test]
    fn hair_may_hang_over_the_forehead_and_not_over_the_chin() {
        let spots = Atlas::new().spots;
        assert_eq!([10, 151, 67, 297].map(|it| spots[it].strands), [1.0; 4]);
        assert_eq!([152, 4, 50, 14].map(|it| spots[it].hair), [0.0; 4]);
        assert_eq!(spots[105].strands, 0.0, "a brow");
        assert!(spots[127].hair > 0.9, "the temple");
    }

    #[test]
    fn glasses_are_worn_around_the_eyes() {
        let spots = Atlas::new().spots;
        assert_eq!(
            [6, 168, 230, 450, 143, 372, 127, 356].map(|it| spots[it].glasses),
            [1.0; 8]
        );
        assert_eq!(
            [33, 159, 105, 334, 10, 61, 199, 152].map(|it| spots[it].glasses),
            [0.0; 8]
        );
    }

    #[test]
    fn the_hem_is_the_outline_and_what_is_next_to_it() {
        let spots = Atlas::new().spots;
        assert_eq!([10, 152, 151].map(|it| spots[it].hem), [HEM; 3]);
        assert_eq!([4, 50].map(|it| spots[it].hem), [INSIDE; 2]);
    }

    #[test]
    fn orders_have_every_vertex_once() {
        let atlas = Atlas::new();
        for order in [&atlas.inwards, &atlas.apart] {
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..VERTICES as u16));
        }
        assert!(region::FACE_OVAL.contains(&atlas.inwards[0]));
        let touching = atlas.apart.windows(2).filter(|two| {
            let near = atlas.surface.neighbours(usize::from(two[0]));
            near.contains(&two[1])
        });
        assert!(touching.count() < 8, "where one colour ends and the next begins");
    }

    #[test]
    fn black_is_dark_and_white_is_one() {
        let atlas = Atlas::new();
        assert_eq!(atlas.light([0, 0, 0]), Vec3::ZERO);
        assert!((atlas.light([255; 3]) - 1.0).abs().max_element() < 1e-6);
        assert!((atlas.light([188; 3]).x - 0.5).abs() < 0.01);
    }
}
