//! Tables of colours, as .cube files.

use std::fmt::Write;

/// The text of a table with `size` steps a side: for each colour in sRGB, 0 to 1, what `change` makes of it.
#[must_use]
pub fn cube(title: &str, size: usize, change: impl Fn([f32; 3]) -> [f32; 3]) -> String {
    let mut text = format!("TITLE \"{title}\"\nLUT_3D_SIZE {size}\n");
    let step = |it: usize| it as f32 / (size - 1) as f32;
    for blue in 0..size {
        for green in 0..size {
            for red in 0..size {
                let [red, green, blue] =
                    change([step(red), step(green), step(blue)]).map(|it| it.clamp(0.0, 1.0));
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{} {} {}", short(red), short(green), short(blue));
            }
        }
    }
    text
}

/// A number with three digits behind the point, without zeros at its end: a 255th is 0.004.
fn short(it: f32) -> String {
    let text = format!("{it:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How bright a colour in sRGB looks, roughly (ITU-R BT.709's weights, on encoded numbers).
#[must_use]
pub fn luma([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// An S-shaped curve through 0, a half and 1: more contrast with more `strength`, 0 to 1.
#[must_use]
pub fn contrast(it: f32, strength: f32) -> f32 {
    let smooth = it * it * (3.0 - 2.0 * it);
    it + (smooth - it) * strength
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn red_changes_fastest() {
        let text = cube("a", 2, |it| it);
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows[..2], ["TITLE \"a\"", "LUT_3D_SIZE 2"]);
        assert_eq!(rows.len(), 2 + 8);
        assert_eq!(rows[3], "1 0 0");
        assert_eq!(rows[4], "0 1 0");
        assert_eq!(rows[9], "1 1 1");
        assert_eq!(cube("a", 2, |_| [2.0; 3]).lines().nth(2), Some("1 1 1"));
    }

    #[test]
    fn contrast_keeps_the_ends() {
        assert_eq!(
            [contrast(0.0, 1.0), contrast(0.5, 1.0), contrast(1.0, 1.0)],
            [0.0, 0.5, 1.0]
        );
        assert!(contrast(0.25, 0.5) < 0.25 && contrast(0.75, 0.5) > 0.75);
        assert_eq!(contrast(0.3, 0.0), 0.3);
    }
}
