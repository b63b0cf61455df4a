//! What a pack may be at most. `docs/PACKS.md` says the same to authors, and a test compares.

/// Bytes of a `.mask` file.
pub const MAX_MASK_BYTES: usize = 64 << 20;
/// Files in a pack.
pub const MAX_FILES: usize = 256;
/// Bytes of a file, unpacked.
pub const MAX_FILE_BYTES: usize = 32 << 20;
/// Bytes of all files, unpacked.
pub const MAX_PACK_BYTES: usize = 128 << 20;
/// How many times larger unpacked than packed a file over [`RATIO_FREE_BYTES`] may be.
pub const MAX_RATIO: u64 = 200;
/// Up to here the ratio does not matter: what it unpacks to is small.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;
/// Bytes of a path in a pack.
pub const MAX_PATH_BYTES: usize = 128;
/// Parts of a path in a pack.
pub const MAX_PATH_PARTS: usize = 8;
/// Bytes of the manifest.
pub const MAX_MANIFEST_BYTES: usize = 1 << 20;

/// Characters of an id.
pub const MAX_ID_CHARS: usize = 64;
/// Characters of the id of a pack.
pub const MAX_PACK_ID_CHARS: usize = 128;
/// Characters of the author and of the licence.
pub const MAX_LINE_CHARS: usize = 200;
/// Characters of a text in one language.
pub const MAX_TEXT_CHARS: usize = 1000;
/// Languages of a text.
pub const MAX_LANGUAGES: usize = 64;

/// Assets of a pack.
pub const MAX_ASSETS: usize = 64;
/// Parameters of a pack; with taps and what the host triggers [`moretta_lang::MAX_PARAMS`].
pub const MAX_PARAMS: usize = 64;
/// Nodes of a pack.
pub const MAX_NODES: usize = 64;
/// States of a pack.
pub const MAX_STATES: usize = 32;
/// Triggers of a pack.
pub const MAX_TRIGGERS: usize = 64;
/// Actions of one list of a trigger.
pub const MAX_ACTIONS: usize = 16;
/// Tests of a pack.
pub const MAX_TESTS: usize = 64;
/// Faces that an effect is drawn on.
pub const MAX_FACES: u32 = 16;
/// Fallbacks behind each other.
pub const MAX_FALLBACKS: usize = 4;
/// Landmarks of a place.
pub const MAX_PLACE_LANDMARKS: usize = 16;
/// The magnitude of a node's `z`.
pub const MAX_Z: i32 = 1000;
/// The longest that a play, a timer or a test may take.
pub const MAX_PLAY_MS: f32 = 600_000.0;
/// The shortest that a play, or the time between two alarms of a timer, may be.
pub const MIN_PLAY_MS: f32 = 10.0;
/// The longest that a hold, a cooldown or a tween may take.
pub const MAX_WAIT_MS: f32 = 60_000.0;

/// Levels of a formula or a tree.
pub const MAX_NUMBER_DEPTH: usize = 32;
/// Characters of a formula.
pub const MAX_FORMULA_CHARS: usize = 1000;
/// Arguments of a function.
pub const MAX_ARGUMENTS: usize = 16;

/// Pixels along a side of a picture.
pub const MAX_IMAGE_SIDE: u32 = 4096;
/// Pixels along a side of the preview.
pub const MAX_PREVIEW_SIDE: u32 = 1024;
/// Bytes of all pictures of a pack, decoded.
pub const MAX_TEXTURE_BYTES: u64 = 128 << 20;
/// Rows or columns of a sprite sheet.
pub const MAX_SHEET_SIDE: u32 = 256;
/// Cells of a sprite sheet in a second.
pub const MAX_FPS: f32 = 120.0;
/// Entries along a side of a table of colours, 2 at least.
pub const MAX_LUT_SIDE: u32 = 64;

/// Triangles of all models of a pack.
pub const MAX_TRIANGLES: usize = 100_000;
/// Vertices of all models of a pack.
pub const MAX_VERTICES: usize = 200_000;
/// Bytes of the JSON of a model: with base64 in it, a small one.
pub const MAX_MODEL_JSON_BYTES: usize = 4 << 20;
/// Nodes of a model.
pub const MAX_MODEL_NODES: usize = 1024;
/// Levels of a model's nodes.
pub const MAX_MODEL_DEPTH: usize = 32;
/// Parts of a model that are drawn.
pub const MAX_MESHES: usize = 256;
/// Materials of a model.
pub const MAX_MATERIALS: usize = 64;
/// Images of a model.
pub const MAX_MODEL_IMAGES: usize = 32;
/// Morph targets of a model.
pub const MAX_MORPHS: usize = 4;
/// The magnitude of a model's numbers.
pub const MAX_COORDINATE: f32 = 1e6;
