/// A coordinate space: a name for types, with no value.
///
/// Sealed: the table of spaces in the [crate documentation](crate) is complete, so a transform between
/// two of them is found by its type and never made up by a caller.
pub trait Space: sealed::Sealed + Copy + Eq + 'static {
    /// The name of the marker type, for `Debug` and error messages.
    const NAME: &'static str;
}

/// A space with two dimensions: it has [`Point2`](crate::Point2), [`Vector2`](crate::Vector2) and
/// [`Rect`](crate::Rect).
pub trait Space2: Space {}

/// A space with three dimensions: it has [`Point3`](crate::Point3) and [`Vector3`](crate::Vector3).
pub trait Space3: Space {}

/// A space that counts pixels: it has a [`Size`](crate::Size).
pub trait PixelSpace: Space2 {}

mod sealed {
    pub trait Sealed {}
}

// The markers are enums without variants: a space is never a value. The derives only serve the
// supertraits of `Space`, so that wrappers can derive `Copy` and equality in turn.
macro_rules! spaces {
    ($($(#[$doc:meta])* $name:ident: $($dimension:ident),+;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Space for $name {
            const NAME: &'static str = stringify!($name);
        }
        $(impl $dimension for $name {})+
    )+};
}

spaces! {
    /// The camera buffer as delivered, in pixels: origin top-left, y down; not yet turned upright.
    SensorPx: Space2, PixelSpace;
    /// The upright picture, after rotation and mirror, in pixels: origin top-left, y down.
    FramePx: Space2, PixelSpace;
    /// The input picture of a model, in pixels: origin top-left, y down.
    CropPx: Space2, PixelSpace;
    /// The upright picture as a texture: origin top-left, y down, 0..1 along both sides.
    FrameUv: Space2;
    /// The canonical face texture: origin top-left, y down, 0..1 along both sides.
    FaceUv: Space2;
    /// The canonical face, in millimetres: right-handed, y up.
    FaceMm: Space3;
    /// The camera, in millimetres: right-handed, y up, looking along -z.
    CameraMm: Space3;
    /// Normalised device coordinates as in WebGPU: origin in the centre, x and y -1..1 with y up, z 0 (near)
    /// to 1 (far).
    ///
    /// The one space with both dimensions: its x and y are the picture, as [`Point2`](crate::Point2), and
    /// [`Point3`](crate::Point3) adds the depth.
    ///
    /// # Source
    /// WebGPU, section 3.3 "Coordinate Systems", <https://www.w3.org/TR/webgpu/#coordinate-systems>.
    Ndc: Space2, Space3;
}
