use moretta_lang::EvaluateError;
use moretta_veil::VeilError;

/// Why nothing was drawn, or an effect was not loaded.
///
/// That there is no face is no error, nor is a window without a size. A message names settings, sizes, assets and what
/// the driver calls itself, never a pixel or a number of a face.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The system offers no graphics processor that fits the options.
    #[error("no graphics adapter: expected one of {expected}, found none ({reason})")]
    NoAdapter {
        /// The backends that were asked for.
        expected: String,
        /// The library's own words.
        reason: String,
    },
    /// The adapter gives no device, or lacks something that every frame needs.
    #[error("the adapter {adapter}: expected {expected}, found {found}")]
    Adapter {
        /// What the adapter calls itself.
        adapter: String,
        /// What is needed.
        expected: &'static str,
        /// What there is instead.
        found: String,
    },
    /// The device is gone: a driver that was restarted, a card that was taken out, a device that was destroyed. A new
    /// [`Gpu`](crate::Gpu) is needed, and all that was made of the old one anew.
    #[error("the graphics device is lost: {reason}")]
    Lost {
        /// The driver's words.
        reason: String,
    },
    /// The device refused a command, or ran out of memory. What was drawn is not to be trusted.
    #[error("the graphics device refused a command: {reason}")]
    Refused {
        /// The library's words.
        reason: String,
    },
    /// The device did not end a frame in time.
    #[error("the graphics device: expected a frame within {expected_ms} ms, found it unfinished")]
    Stalled {
        /// How long was waited.
        expected_ms: u64,
    },
    /// A window's surface cannot be made, or not be made again after it was lost.
    #[error("the window's surface: {reason}")]
    Surface {
        /// The library's words.
        reason: String,
    },
    /// A picture is larger than the adapter takes.
    #[error("{what}: expected sides of at most {max} pixels, found {width} x {height}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The adapter's longest side.
        max: u32,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A picture of no pixels.
    #[error("{what}: expected at least 1 x 1 pixels, found {width} x {height}")]
    Empty {
        /// What is empty.
        what: &'static str,
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The frame and the camera are of different sizes.
    #[error("the camera: expected one of {} x {} pixels, found {} x {}", expected.0, expected.1, found.0, found.1)]
    Camera {
        /// Columns and rows of the upright frame.
        expected: (u32, u32),
        /// Columns and rows that the camera fills.
        found: (u32, u32),
    },
    /// The caller's rows would overlap.
    #[error("the caller's picture: expected a row stride of at least {expected} bytes, found {found}")]
    TargetStride {
        /// The length of a row.
        expected: usize,
        /// The distance from row to row.
        found: usize,
    },
    /// The caller's buffer is too short for the picture.
    #[error("the caller's picture: expected at least {expected} bytes, found {found}")]
    TargetLength {
        /// The bytes up to the end of the last pixel; `usize::MAX` if that cannot be counted.
        expected: usize,
        /// The bytes given.
        found: usize,
    },
    /// The caller's texture has a format that nothing is drawn to.
    #[error("the caller's texture: expected a colour format that can be drawn to, found {found}")]
    TargetFormat {
        /// Its format.
        found: String,
    },
    /// More targets than a frame can go to at once.
    #[error("targets: expected at most {expected}, found {found}")]
    TooManyTargets {
        /// How many there may be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A picture that was asked for is gone: collected already, wiped, given way to newer ones, or of another stage.
    #[error("the picture asked for is gone: collected, wiped, given way to newer ones, or another stage's")]
    Expired,
    /// The effect has something that cannot be drawn.
    #[error("the effect, {place}: expected {expected}, found {found}")]
    Effect {
        /// Which part of it: a node or an asset, by its place.
        place: String,
        /// What is needed.
        expected: String,
        /// What there is.
        found: String,
    },
    /// There is no room for another donor.
    #[error("donors: expected at most {expected}, found one more")]
    TooManyDonors {
        /// How many there may be.
        expected: usize,
    },
    /// Something was made with another device.
    #[error("{what} belongs to another graphics device")]
    OtherDevice {
        /// What.
        what: &'static str,
    },
    /// The program could not be evaluated: there are fewer parameters than it reads.
    #[error("the effect's program: {0}")]
    Program(#[from] EvaluateError),
    /// There is no memory for faces.
    #[error("face memory: {0}")]
    Memory(#[from] VeilError),
}
