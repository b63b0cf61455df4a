//! The assets of a manifest, decoded.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::check::check_file;
use super::manifest_error;
use crate::asset::{Ledger, decode, read_lut, refused};
use crate::effect::{Asset, Image, NodeKind, SpriteSheet, Texels};
use crate::error::{PackError, Place, quoted};
use crate::files::{Files, MANIFEST_PATH};
use crate::limits::{MAX_FPS, MAX_SHEET_SIDE};
use crate::manifest::{AssetSpec, Color, Manifest, SheetSpec};
use crate::model;
use crate::read::{Pointer, ReadError};

/// All assets, and which of them nodes use.
#[derive(Default)]
pub(super) struct Assets {
    all: Vec<Entry>,
    by_id: BTreeMap<String, usize>,
    /// Ids of assets whose types this version does not know.
    unknown: Vec<String>,
}

struct Entry {
    asset: Asset,
    id: String,
    /// By a node, or by what one might fall back to.
    named: bool,
    /// By a node.
    used: bool,
}

/// The assets of a manifest, in the order of their ids.
pub(super) fn read(manifest: &Manifest, files: &Files, ledger: &mut Ledger) -> Result<Assets, PackError> {
    let mut assets = Assets::default();
    let outer = Pointer::Root.key("assets");
    for (id, spec) in &manifest.assets {
        let place = outer.key(id);
        let Some((path, sha256)) = spec.file() else {
            let place = Place::new(MANIFEST_PATH, place.key("type").to_string());
            let found = "another, and the asset left out";
            ledger.warn(place, "a type that this version knows", found);
            assets.unknown.push(id.clone());
            continue;
        };
        check_file(path).map_err(|error| manifest_error(error.at(&place.key("path"))))?;
        let Some(bytes) = files.find(path) else {
            let error = ReadError::new("the path of a file in the pack", quoted(path));
            return Err(manifest_error(error.at(&place.key("path"))));
        };
        if let Some(expected) = sha256 {
            check_hash(path, bytes, expected, &place.key("sha256"))?;
        }
        ledger.files_read.push(path.to_owned());
        let asset = match spec {
            AssetSpec::Image(spec) => Asset::Image(decode(path, bytes, texels(spec.color), ledger)?),
            AssetSpec::SpriteSheet(spec) => Asset::SpriteSheet(sheet(spec, bytes, &place, ledger)?),
            AssetSpec::Gltf(_) => Asset::Model(model::read(path, files, ledger)?),
            AssetSpec::Lut(spec) => Asset::Lut(read_lut(path, bytes, spec.layout, ledger)?),
            AssetSpec::Unknown(_) => continue,
        };
        assets.by_id.insert(id.clone(), assets.all.len());
        assets.all.push(Entry {
            asset,
            id: id.clone(),
            named: false,
            used: false,
        });
    }
    Ok(assets)
}

const fn texels(color: Color) -> Texels {
    match color {
        Color::Srgb => Texels::Srgb,
        Color::Linear => Texels::Linear,
    }
}

fn check_hash(path: &str, bytes: &[u8], expected: &str, place: &Pointer<'_>) -> Result<(), PackError> {
    if expected.len() != 64 || !expected.bytes().all(|it| it.is_ascii_hexdigit()) {
        let error = ReadError::new("64 hexadecimal digits", quoted(expected));
        return Err(manifest_error(error.at(place)));
    }
    let found: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(refused(path, format_args!("SHA-256 {expected}"), found))
}

fn sheet(
    spec: &SheetSpec,
    bytes: &[u8],
    place: &Pointer<'_>,
    ledger: &mut Ledger,
) -> Result<SpriteSheet, PackError> {
    for (key, side) in [("cols", spec.cols), ("rows", spec.rows)] {
        if !(1..=MAX_SHEET_SIDE).contains(&side) {
            let error = ReadError::new(format_args!("1 to {MAX_SHEET_SIDE}"), side);
            return Err(manifest_error(error.at(&place.key(key))));
        }
    }
    let cells = spec.cols * spec.rows;
    let count = spec.count.unwrap_or(cells);
    if !(1..=cells).contains(&count) {
        let error = ReadError::new(format_args!("1 to {cells}, which is cols * rows,"), count);
        return Err(manifest_error(error.at(&place.key("count"))));
    }
    if !(spec.fps > 0.0 && spec.fps <= MAX_FPS) {
        let error = ReadError::new(format_args!("above 0, up to {MAX_FPS}"), spec.fps);
        return Err(manifest_error(error.at(&place.key("fps"))));
    }
    let image = decode(&spec.path, bytes, texels(spec.color), ledger)?;
    for (side, key, cells) in [
        (image.width, "cols", spec.cols),
        (image.height, "rows", spec.rows),
    ] {
        if side % cells != 0 {
            let expected = format!("a side that is a multiple of {key}, {cells},");
            return Err(refused(&spec.path, expected, side));
        }
    }
    Ok(SpriteSheet {
        image,
        columns: spec.cols,
        rows: spec.rows,
        count,
    })
}

/// What a node wants of an asset.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Picture,
    Model,
    Lut,
}

impl Assets {
    /// The place of the asset called `id`; `None` if its type is not known, so that a node cannot use it.
    pub(super) fn place(&self, id: &str, want: Want) -> Result<Option<usize>, ReadError> {
        let Some(place) = self.by_id.get(id) else {
            if self.unknown.iter().any(|unknown| unknown == id) {
                return Ok(None);
            }
            return Err(ReadError::new("the id of an asset", quoted(id)));
        };
        let (is, found) = match &self.all[*place].asset {
            Asset::Image(_) => (Want::Picture, "an image"),
            Asset::SpriteSheet(_) => (Want::Picture, "a sprite sheet"),
            Asset::Model(_) => (Want::Model, "a model"),
            Asset::Lut(_) => (Want::Lut, "a table of colours"),
        };
        let expected = match want {
            Want::Picture => "the id of an image or a sprite sheet",
            Want::Model => "the id of a gltf",
            Want::Lut => "the id of a lut",
        };
        if is == want {
            return Ok(Some(*place));
        }
        Err(ReadError::new(expected, format_args!("{}, {found},", quoted(id))))
    }

    pub(super) fn asset(&self, place: usize) -> &Asset {
        &self.all[place].asset
    }

    /// The id of the asset at `place`.
    pub(super) fn id(&self, place: usize) -> &str {
        &self.all[place].id
    }

    pub(super) fn set_named(&mut self, place: usize) {
        self.all[place].named = true;
    }

    pub(super) fn set_used(&mut self, place: usize) {
        self.all[place].used = true;
    }

    /// The kind with its asset's place among those that are used.
    pub(super) fn with_places(&self, mut kind: NodeKind) -> NodeKind {
        match &mut kind {
            NodeKind::Sticker { asset, .. }
            | NodeKind::FacePaint { asset, .. }
            | NodeKind::Prop { asset, .. }
            | NodeKind::Overlay { asset, .. }
            | NodeKind::Lut { asset } => *asset = self.all[..*asset].iter().filter(|it| it.used).count(),
            NodeKind::FaceSwap { .. } => {}
        }
        kind
    }

    /// Those that are used; those that nothing names are noted.
    pub(super) fn into_used(self, ledger: &mut Ledger) -> Vec<Asset> {
        let outer = Pointer::Root.key("assets");
        for entry in self.all.iter().filter(|entry| !entry.named) {
            let place = Place::new(MANIFEST_PATH, outer.key(&entry.id).to_string());
            ledger.warn(place, "an asset that a node uses", "one that none does");
        }
        let used = self.all.into_iter().filter(|entry| entry.used);
        used.map(|entry| entry.asset).collect()
    }
}

/// The picture of a picture or a sprite sheet, and how many cells it has across and down.
pub(super) fn picture(asset: &Asset) -> Option<(&Image, [u32; 2])> {
    match asset {
        Asset::Image(image) => Some((image, [1, 1])),
        Asset::SpriteSheet(sheet) => Some((&sheet.image, [sheet.columns, sheet.rows])),
        Asset::Model(_) | Asset::Lut(_) => None,
    }
}
