//! Words in pictures: the 8 by 8 pixels of an old PC's font.

use font8x8::{BASIC_FONTS, UnicodeFonts};
use image::{Rgba, RgbaImage};

/// Columns and rows of a letter.
pub(crate) const SIDE: u32 = 8;

/// Writes a line from `left`, `top` on, each dot of a letter `scale` pixels wide and high. What does not fit is cut, and
/// what the font lacks is a question mark.
pub(crate) fn write(
    picture: &mut RgbaImage,
    [left, top]: [u32; 2],
    scale: u32,
    colour: Rgba<u8>,
    line: &str,
) {
    let missing = BASIC_FONTS.get('?').unwrap_or_default();
    for (place, letter) in (0_u32..).zip(line.chars()) {
        let rows = BASIC_FONTS.get(letter).unwrap_or(missing);
        let dots = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
        // The lowest bit is the leftmost dot.
        for (x, y) in dots.filter(|(x, y)| rows[*y as usize] >> x & 1 == 1) {
            let pixels = (0..scale).flat_map(|v| (0..scale).map(move |u| (u, v)));
            for (u, v) in pixels {
                let column = left + (place * SIDE + x) * scale + u;
                let row = top + y * scale + v;
                if column < picture.width() && row < picture.height() {
                    picture.put_pixel(column, row, colour);
                }
            }
        }
    }
}

/// `text` in lines of at most `columns` letters, broken between words where that is possible.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let mut word: Vec<char> = word.chars().collect();
            let used = line.chars().count();
            if used > 0 && used + 1 + word.len() > columns {
                lines.push(std::mem::take(&mut line));
            } else if used > 0 {
                line.push(' ');
            }
            while word.len() > columns {
                lines.push(word.drain(..columns).collect());
            }
            line.extend(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_where_it_belongs_and_upright() {
        let mut picture = RgbaImage::new(32, 16);
        let white = Rgba([255; 4]);
        write(&mut picture, [8, 0], 2, white, "L");
        let lit = |x, y| *picture.get_pixel(x, y) == white;
        let columns = |y: u32| (0..32).filter(|x| lit(*x, y)).count();
        assert!(
            (0..8).all(|x| (0..16).all(|y| !lit(x, y))),
            "left of it is nothing"
        );
        assert!(
            columns(2) > 0 && columns(12) > columns(2),
            "its foot is longer than its stem"
        );
        assert!((0..14).all(|y| columns(y) % 2 == 0), "dots are two pixels wide");
    }

    #[test]
    fn what_does_not_fit_is_cut_and_what_is_unknown_is_a_question_mark() {
        let draw = |line: &str| {
            let mut picture = RgbaImage::new(20, 10);
            write(&mut picture, [1, 5], 1, Rgba([255; 4]), line);
            picture
        };
        assert_eq!(draw("abcdefgh").dimensions(), (20, 10));
        assert_eq!(draw("猫"), draw("?"));
        assert_ne!(draw("?"), draw(" "));
    }

    #[test]
    fn lines_break_between_words_and_within_those_that_are_too_long() {
        assert_eq!(
            wrap("a number expected, true found", 12),
            ["a number", "expected,", "true found"]
        );
        assert_eq!(wrap("effect.json: /nodes", 8), ["effect.j", "son:", "/nodes"]);
        assert_eq!(wrap("one\n\ntwo", 10), ["one", "", "two"]);
        assert_eq!(wrap("", 10), [""; 0]);
    }
}
