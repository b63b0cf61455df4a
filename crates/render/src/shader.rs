//! The shaders: WGSL files and what they include.

use crate::objects::Objects;

/// A shader: its file under `shaders/`, after the libraries that it needs.
pub(crate) struct Shader {
    pub(crate) name: &'static str,
    parts: &'static [&'static str],
}

macro_rules! shaders {
    ($( $NAME:ident = $name:literal with [$($library:literal),*]; )*) => {
        $(
            pub(crate) const $NAME: Shader = Shader {
                name: $name,
                parts: &[
                    $(include_str!(concat!("../shaders/lib/", $library, ".wgsl")),)*
                    include_str!(concat!("../shaders/", $name, ".wgsl")),
                ],
            };
        )*

        #[cfg(test)]
        pub(crate) const ALL: &[Shader] = &[$($NAME),*];
        #[cfg(test)]
        pub(crate) const LIBRARIES: &[&[&str]] = &[$(&[$($library),*]),*];
    };
}

shaders! {
    CAMERA = "camera" with ["screen"];
    MEASURE = "measure" with ["colour", "screen"];
    SEED = "seed" with ["colour", "screen"];
    PICTURE = "picture" with [];
    PAINT = "paint" with ["colour", "scene", "light"];
    SWAP = "swap" with ["colour", "scene"];
    OCCLUDER = "occluder" with ["screen", "scene"];
    PROP = "prop" with ["colour", "scene", "light"];
    LUT = "lut" with ["colour", "screen"];
    PRESENT = "present" with ["colour"];
}

impl Shader {
    /// The libraries and the file, one after the other.
    pub(crate) fn source(&self) -> String {
        self.parts.join("\n")
    }

    pub(crate) fn module(&self, objects: &Objects) -> wgpu::ShaderModule {
        objects.shader(wgpu::ShaderModuleDescriptor {
            label: Some(self.name),
            source: wgpu::ShaderSource::Wgsl(self.source().into()),
        })
    }
}

#[cfg(test)]
mod tests;
