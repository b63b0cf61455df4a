//! The face texture: lines of the canonical face for drawings in canonical UV, and the map to draw them on.
//!
//! A drawing for the face is an SVG of [`SIDE`] by [`SIDE`] units. The subject's right is at its left. What stands
//! there as `<defs id="face"/>` is replaced by paths that follow the canonical mesh: `oval`, `lips`, `mouth`,
//! `eye-right`, `eye-left`, `brow-right`, `brow-left`.

use std::fmt::Write;

use moretta_geometry::{canonical, region};

/// How many units of a drawing the texture is wide and high.
pub const SIDE: usize = 1024;

const PLACEHOLDER: &str = r#"<defs id="face"/>"#;

/// A ring of landmarks as an outline, with the rows at which it has a corner.
const RINGS: [(&str, &[u16], &[usize]); 7] = [
    ("oval", &region::FACE_OVAL, &[]),
    ("lips", &region::LIPS_OUTER, &[0, 10]),
    ("mouth", &region::LIPS_INNER, &[0, 10]),
    ("eye-right", &region::RIGHT_EYE, &[0, 8]),
    ("eye-left", &region::LEFT_EYE, &[0, 8]),
    ("brow-right", &region::RIGHT_BROW, &[0, 4, 5, 9]),
    ("brow-left", &region::LEFT_BROW, &[0, 4, 5, 9]),
];

/// A drawing with its placeholder replaced by the paths of the face.
#[must_use]
pub fn with_face(svg: &str) -> String {
    svg.replace(PLACEHOLDER, &format!("<defs>{}</defs>", paths()))
}

fn paths() -> String {
    let mut text = String::new();
    for (name, ring, corners) in RINGS {
        let points: Vec<[f32; 2]> = ring.iter().map(|it| place(*it)).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, r#"<path id="{name}" d="{}"/>"#, outline(&points, corners));
    }
    text
}

fn place(landmark: u16) -> [f32; 2] {
    let uv = canonical::uvs()[usize::from(landmark)].raw();
    [uv.x * SIDE as f32, uv.y * SIDE as f32]
}

/// A closed curve through `points` (Catmull and Rom's), straight into and out of `corners`.
fn outline(points: &[[f32; 2]], corners: &[usize]) -> String {
    let count = points.len();
    let tangent = |at: usize| {
        let (before, after) = (points[(at + count - 1) % count], points[(at + 1) % count]);
        [0, 1].map(|axis| (after[axis] - before[axis]) / 6.0)
    };
    let mut text = format!("M{:.2} {:.2}", points[0][0], points[0][1]);
    for (from, start) in points.iter().enumerate() {
        let to = (from + 1) % count;
        let end = points[to];
        let third = [0, 1].map(|axis| (end[axis] - start[axis]) / 3.0);
        let leave = if corners.contains(&from) {
            third
        } else {
            tangent(from)
        };
        let arrive = if corners.contains(&to) { third } else { tangent(to) };
        let _ = write!(
            text,
            " C{:.2} {:.2} {:.2} {:.2} {:.2} {:.2}",
            start[0] + leave[0],
            start[1] + leave[1],
            end[0] - arrive[0],
            end[1] - arrive[1],
            end[0],
            end[1]
        );
    }
    text + "Z"
}

/// The map: the mesh in grey, its regions in colour, a grid with a line each 64 units, drawn as SVG.
#[must_use]
pub fn map() -> String {
    let mut text = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}"><rect width="{SIDE}" height="{SIDE}" fill="#fff"/>"##
    );
    for line in (0..=SIDE).step_by(64) {
        let weight = if line % 256 == 0 { 1.5 } else { 0.5 };
        let _ = write!(
            text,
            r##"<path d="M{line} 0V{SIDE}M0 {line}H{SIDE}" stroke="#9bd" stroke-width="{weight}"/>"##
        );
    }
    text += r##"<path fill="none" stroke="#888" stroke-width=".5" d=""##;
    for [a, b, c] in canonical::triangles() {
        let [a, b, c] = [a, b, c].map(|it| place(*it));
        let _ = write!(
            text,
            "M{:.0} {:.0}L{:.0} {:.0}L{:.0} {:.0}Z",
            a[0], a[1], b[0], b[1], c[0], c[1]
        );
    }
    text += r#""/><defs>"#;
    text += &paths();
    text += "</defs>";
    for (name, colour) in [
        ("oval", "#000"),
        ("lips", "#c22"),
        ("mouth", "#811"),
        ("eye-right", "#22c"),
        ("eye-left", "#22c"),
        ("brow-right", "#272"),
        ("brow-left", "#272"),
    ] {
        let _ = write!(
            text,
            r##"<use href="#{name}" fill="none" stroke="{colour}" stroke-width="2.5"/>"##
        );
    }
    text + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_face_goes_where_the_placeholder_stands() {
        let svg = format!(r##"<svg>{PLACEHOLDER}<use href="#lips"/></svg>"##);
        let drawn = with_face(&svg);
        for (name, ..) in RINGS {
            assert!(drawn.contains(&format!(r#"id="{name}""#)), "{name}");
        }
        assert!(!drawn.contains(PLACEHOLDER));
        assert_eq!(with_face("<svg/>"), "<svg/>");
    }

    #[test]
    fn left_and_right_mirror_each_other() {
        for pair in [[3, 4], [5, 6]] {
            let [right, left] = pair.map(|it| RINGS[it].1);
            for (right, left) in right.iter().zip(left) {
                let [right, left] = [*right, *left].map(place);
                assert!((right[0] + left[0] - SIDE as f32).abs() < 0.1);
                assert!((right[1] - left[1]).abs() < 0.1);
                assert!(right[0] < left[0], "the subject's right is at the left");
            }
        }
    }
}
