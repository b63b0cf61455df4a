//! Pictures and tables of colours.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod common;

use common::{CUBE, files, picture, png, with_assets};
use image::ImageFormat;
use moretta_pack::{Asset, Lut, Pack, PackError, Texels};
use serde_json::{Value, json};

/// A pack whose asset `x`, of this kind, is the file `x`; a node uses it.
fn asset(spec: Value, bytes: &[u8]) -> Result<Asset, String> {
    let kind = if spec["type"] == "lut" { "lut" } else { "overlay" };
    let mut spec = spec;
    spec["path"] = json!("x");
    let manifest = with_assets(json!({
        "assets": { "x": spec },
        "nodes": [{ "id": "n", "kind": kind, "asset": "x" }],
    }));
    let mut files = files(&manifest);
    files.push(("x".to_owned(), bytes.to_vec()));
    match Pack::from_files(files) {
        Ok(pack) => Ok(pack.into_effect().assets.remove(0)),
        Err(error) => {
            assert!(
                matches!(error, PackError::Asset { .. } | PackError::TooMany { .. }),
                "{error:?}"
            );
            Err(error.to_string())
        }
    }
}

fn image(bytes: &[u8]) -> Result<moretta_pack::Image, String> {
    match asset(json!({ "type": "image" }), bytes)? {
        Asset::Image(image) => Ok(image),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pictures_of_each_format_are_read() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let image = image(&picture(6, 3, format)).unwrap();
        assert_eq!((image.width, image.height, image.texels), (6, 3, Texels::Srgb));
        assert_eq!(image.rgba.len(), 6 * 3 * 4);
        for (found, expected) in image.rgba[..4].iter().zip([200, 100, 50, 255]) {
            // JPEG is not exact.
            assert!(found.abs_diff(expected) <= 3, "{format:?}: {found}");
        }
    }
    let linear = asset(json!({ "type": "image", "color": "linear" }), &png(1, 1)).unwrap();
    assert!(matches!(linear, Asset::Image(image) if image.texels == Texels::Linear));
}

#[test]
fn other_formats_and_broken_ones_are_refused() {
    let other = Err("x: a PNG, JPEG or WebP picture expected, something else found".to_owned());
    let gif = picture(2, 2, ImageFormat::Gif);
    for bytes in [&gif[..], b"", b"<svg/>", b"BM"] {
        assert_eq!(image(bytes).map(drop), other);
    }
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let whole = picture(16, 16, format);
        let half = image(&whole[..whole.len() / 2]).map(drop).unwrap_err();
        assert!(
            half.starts_with("x: a picture that can be read expected, "),
            "{format:?}: {half}"
        );
    }
}

#[test]
fn sides_have_a_limit() {
    assert!(image(&png(4096, 1)).is_ok());
    assert_eq!(
        image(&png(1, 4097)).map(drop),
        Err("x: sides of 1 to 4096 pixels expected, 1 x 4097 found".to_owned())
    );
    // A header that promises more than anybody would want to allocate, with nothing behind it.
    let mut header = png(1, 1);
    header[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let crc = crc32(&header[12..29]);
    header[29..33].copy_from_slice(&crc.to_be_bytes());
    let error = image(&header).map(drop).unwrap_err();
    assert_eq!(
        error,
        "x: a picture that can be read expected, Memory limit exceeded found"
    );
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    !crc
}

#[test]
fn all_pictures_together_have_a_limit() {
    // 4096 x 4096 are 64 MiB decoded: two fit, and nothing more.
    let big = png(4096, 4096);
    let of = |count: usize, more: bool| {
        let mut assets = serde_json::Map::new();
        let mut files = Vec::new();
        for it in 0..count {
            assets.insert(
                format!("a{it}"),
                json!({ "type": "image", "path": format!("{it}.png") }),
            );
            files.push((format!("{it}.png"), big.clone()));
        }
        if more {
            assets.insert("b".to_owned(), json!({ "type": "image", "path": "b.png" }));
            files.push(("b.png".to_owned(), png(1, 1)));
        }
        let manifest = common::manifest(json!({ "assets": assets }));
        files.push(("effect.json".to_owned(), manifest.to_string().into_bytes()));
        Pack::from_files(files).map(drop)
    };
    assert_eq!(of(2, false), Ok(()));
    assert_eq!(
        of(2, true).unwrap_err().to_string(),
        "b.png: at most 134217728 bytes of pictures in all expected, 134217732 found"
    );
}

#[test]
fn sheets_divide_evenly() {
    let sheet = |cols: u32, rows: u32| {
        asset(
            json!({ "type": "sprite_sheet", "cols": cols, "rows": rows }),
            &png(12, 8),
        )
    };
    let Ok(Asset::SpriteSheet(found)) = sheet(3, 2) else {
        panic!("a sheet")
    };
    assert_eq!(
        (found.columns, found.rows, found.count, found.image.width),
        (3, 2, 6, 12)
    );
    let error = "x: a side that is a multiple of cols, 5, expected, 12 found";
    assert_eq!(sheet(5, 2).map(drop), Err(error.to_owned()));
    let error = "x: a side that is a multiple of rows, 3, expected, 8 found";
    assert_eq!(sheet(3, 3).map(drop), Err(error.to_owned()));
}

fn lut(spec: Value, bytes: &[u8]) -> Result<Lut, String> {
    let mut with_type = json!({ "type": "lut" });
    with_type
        .as_object_mut()
        .unwrap()
        .extend(spec.as_object().unwrap().clone());
    match asset(with_type, bytes)? {
        Asset::Lut(lut) => Ok(lut),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cube_file_is_read() {
    let table = lut(json!({}), CUBE).unwrap();
    assert_eq!(table.size, 2);
    // Red first, then green, then blue.
    assert_eq!(table.rgb[1], [1.0, 0.0, 0.0]);
    assert_eq!(table.rgb[2], [0.0, 1.0, 0.0]);
    assert_eq!(table.rgb[4], [0.0, 0.0, 0.9]);
    let full = b"# made by hand\r\nTITLE \"a \xff title\"\r\n\r\nLUT_3D_SIZE 2\r\nDOMAIN_MIN 0 0 0\r\nDOMAIN_MAX 1.0 1.0 1.0\r\nLUT_3D_INPUT_RANGE 0.0 1.0\r\n0 0 0\r\n1 0 0\r\n# between\r\n0 1 0\r\n1 1 0\r\n0 0 1\r\n1 0 1\r\n0 1 1\r\n\t1e0  1   1  \r\n";
    assert_eq!(lut(json!({}), full).unwrap().rgb[7], [1.0; 3]);
}

/// Over the domain -1 to 3, a table whose entries are the places themselves, limited: over 0 to 1 it is the identity's
/// middle quarter.
#[test]
fn a_table_over_another_domain_is_read_over_that_of_colours() {
    let mut text = String::from("LUT_3D_SIZE 5\nDOMAIN_MIN -1 -1 -1\nDOMAIN_MAX 3 3 3\n");
    for b in 0..5 {
        for g in 0..5 {
            for r in 0..5 {
                let [r, g, b] = [r, g, b].map(|it| it as f32 * 0.25);
                text += &format!("{r} {g} {b}\n");
            }
        }
    }
    for text in [
        text.clone(),
        text.replace("DOMAIN_MIN -1 -1 -1\nDOMAIN_MAX 3 3 3", "LUT_3D_INPUT_RANGE -1 3"),
    ] {
        let table = lut(json!({}), text.as_bytes()).unwrap();
        assert_eq!(table.size, 33);
        for (place, [r, g, b]) in table.rgb.iter().enumerate() {
            let [i, j, k] = [place % 33, place / 33 % 33, place / 1089].map(|it| it as f32 / 32.0);
            let expected = [i, j, k].map(|it| 0.25 + 0.25 * it);
            common::assert_close([*r, *g, *b], expected, 1e-6);
        }
    }
    let error = lut(
        json!({}),
        b"LUT_3D_SIZE 2\nDOMAIN_MAX 0 1 1\n0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n",
    );
    let expected = "x: a domain that goes upwards expected, [0.0, 0.0, 0.0] to [0.0, 1.0, 1.0] found";
    assert_eq!(error.map(drop), Err(expected.to_owned()));
}

#[test]
fn colours_beyond_the_range_are_limited_and_said() {
    let text = "LUT_3D_SIZE 2\n-0.5 0 0\n1.5 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n";
    let mut all = files(&with_assets(
        json!({ "nodes": [{ "id": "n", "kind": "lut", "asset": "warm" }] }),
    ));
    all.retain(|(path, _)| path != "warm.cube");
    all.push(("warm.cube".to_owned(), text.as_bytes().to_vec()));
    let pack = Pack::from_files(all).unwrap();
    let [Asset::Lut(table)] = pack.effect().assets.as_slice() else {
        panic!("a table")
    };
    assert_eq!(table.rgb[..2], [[0.0; 3], [1.0, 0.0, 0.0]]);
    let said = "warm.cube: colours of 0 to 1 expected, others, which count as the nearest of these found";
    assert!(
        pack.warnings().iter().any(|it| it.to_string() == said),
        "{:?}",
        pack.warnings()
    );
}

#[test]
fn a_cube_file_that_would_lie_is_refused() {
    let rows = "0 0 0\n".repeat(8);
    for (text, expected) in [
        (String::new(), "x: LUT_3D_SIZE expected, none found"),
        (
            format!("LUT_3D_SIZE 2\n{rows}0 0 0\n"),
            "x: no more entries for LUT_3D_SIZE 2 expected, line 10: \"0 0 0\" found",
        ),
        (
            "LUT_3D_SIZE 2\n0 0 0\n".to_owned(),
            "x: 8 entries for LUT_3D_SIZE 2 expected, 1 found",
        ),
        (
            "LUT_3D_SIZE 1\n".to_owned(),
            "x: LUT_3D_SIZE of 2 to 64 expected, line 1: \"1\" found",
        ),
        (
            "LUT_3D_SIZE 65\n".to_owned(),
            "x: LUT_3D_SIZE of 2 to 64 expected, line 1: \"65\" found",
        ),
        (
            "LUT_3D_SIZE 2\nLUT_3D_SIZE 3\n".to_owned(),
            "x: one LUT_3D_SIZE expected, line 2: a second found",
        ),
        (
            "LUT_1D_SIZE 2\n".to_owned(),
            "x: a three-dimensional table without a shaper expected, line 1: \"LUT_1D_SIZE\" found",
        ),
        (
            "0 0 0\n".to_owned(),
            "x: LUT_3D_SIZE before the entries expected, line 1: \"0 0 0\" found",
        ),
        (
            format!("LUT_3D_SIZE 2\n{rows}TITLE \"late\"\n"),
            "x: keywords before the entries expected, line 10: \"TITLE\" found",
        ),
        (
            "LUT_3D_SIZE 2\nDOMAIN_MIN 0 0\n".to_owned(),
            "x: 3 numbers expected, line 2: \"0 0\" found",
        ),
        (
            "LUT_3D_SIZE 2\n0 0 0 0\n".to_owned(),
            "x: 3 numbers expected, line 2: \"0 0 0 0\" found",
        ),
        (
            "LUT_3D_SIZE 2\n0 nan 0\n".to_owned(),
            "x: 3 numbers expected, line 2: \"0 nan 0\" found",
        ),
        (
            "LUT_3D_SIZE 2\ninf 0 0\n".to_owned(),
            "x: a keyword of .cube files expected, line 2: \"inf\" found",
        ),
        (
            "PALETTE 2\n".to_owned(),
            "x: a keyword of .cube files expected, line 1: \"PALETTE\" found",
        ),
    ] {
        assert_eq!(
            lut(json!({}), text.as_bytes()).map(drop),
            Err(expected.to_owned()),
            "{text}"
        );
    }
}

/// A picture of `width` x `height` whose pixel at `place(r, g, b)` has these as its colours, scaled to 255.
fn table_picture(width: u32, height: u32, size: u32, place: impl Fn(u32, u32, u32) -> (u32, u32)) -> Vec<u8> {
    let mut image = image::RgbaImage::new(width, height);
    for b in 0..size {
        for g in 0..size {
            for r in 0..size {
                let (x, y) = place(r, g, b);
                let byte = |it: u32| (it * 255 / (size - 1)) as u8;
                image.put_pixel(x, y, image::Rgba([byte(r), byte(g), byte(b), 255]));
            }
        }
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn assert_identity(table: &Lut, size: u32) {
    assert_eq!(table.size, size);
    let mut entries = table.rgb.iter();
    for b in 0..size {
        for g in 0..size {
            for r in 0..size {
                let expected = [r, g, b].map(|it| (it * 255 / (size - 1)) as f32 / 255.0);
                assert_eq!(*entries.next().unwrap(), expected);
            }
        }
    }
    assert!(entries.next().is_none());
}

#[test]
fn pictures_of_tables_are_unfolded() {
    let strip = table_picture(256, 16, 16, |r, g, b| (b * 16 + r, g));
    assert_identity(&lut(json!({}), &strip).unwrap(), 16);
    assert_identity(&lut(json!({ "layout": "strip" }), &strip).unwrap(), 16);
    // 8 x 8 squares of 64: what photo apps use.
    let grid = table_picture(512, 512, 64, |r, g, b| (b % 8 * 64 + r, b / 8 * 64 + g));
    assert_identity(&lut(json!({ "layout": "grid" }), &grid).unwrap(), 64);
    // Level 4: 64 x 64 pixels, 16 steps.
    let hald = table_picture(64, 64, 16, |r, g, b| {
        let entry = r + 16 * g + 256 * b;
        (entry % 64, entry / 64)
    });
    assert_identity(&lut(json!({ "layout": "hald" }), &hald).unwrap(), 16);
    // Control: the one read as the other is another table.
    let wrong = lut(json!({ "layout": "grid" }), &hald).unwrap();
    assert!(wrong.rgb != lut(json!({ "layout": "hald" }), &hald).unwrap().rgb);
}

#[test]
fn pictures_of_no_table_are_refused() {
    for (spec, bytes, expected) in [
        (
            json!({}),
            png(64, 64),
            "x: a strip (size * size wide, size high), or a layout in the manifest expected, 64 x 64 found",
        ),
        (
            json!({}),
            png(255, 16),
            "x: a strip (size * size wide, size high), or a layout in the manifest expected, 255 x 16 found",
        ),
        (
            json!({ "layout": "strip" }),
            png(64, 64),
            "x: size * size columns and size rows, size 2 to 64 expected, 64 x 64 found",
        ),
        (
            json!({ "layout": "strip" }),
            png(1, 1),
            "x: size * size columns and size rows, size 2 to 64 expected, 1 x 1 found",
        ),
        (
            json!({ "layout": "grid" }),
            png(256, 16),
            "x: a square of 8, 27, 64, 125, 216, 343 or 512 pixels expected, 256 x 16 found",
        ),
        (
            json!({ "layout": "hald" }),
            png(65, 65),
            "x: a square of 8, 27, 64, 125, 216, 343 or 512 pixels expected, 65 x 65 found",
        ),
        (
            json!({ "layout": "hald" }),
            CUBE.to_vec(),
            "x: a PNG, for there is a layout, expected, something else found",
        ),
        (
            json!({}),
            picture(256, 16, ImageFormat::Jpeg),
            "x: a .cube file or a PNG expected, something else found",
        ),
    ] {
        let error = lut(spec, &bytes).map(drop).unwrap_err();
        assert_eq!(error, expected);
    }
}
