//! What shaders read beside textures: uniforms and vertices, as they lie in memory.

use bytemuck::{Pod, Zeroable};

/// What a dynamic offset is a multiple of on every device.
pub(crate) const UNIFORM_STRIDE: u64 = 256;

/// Declares structs that a shader reads under the same name. A test compares name, offset, size and kind of each field.
macro_rules! uniforms {
    ($( $(#[$doc:meta])* $Name:ident { $( $(#[$field_doc:meta])* $field:ident: $Type:ty, )* } )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Pod, Zeroable)]
            #[repr(C)]
            pub(crate) struct $Name { $( $(#[$field_doc])* pub(crate) $field: $Type, )* }

            const _: () = assert!(size_of::<$Name>() as u64 <= UNIFORM_STRIDE && size_of::<$Name>() % 16 == 0);
        )*

        #[cfg(test)]
        pub(crate) const UNIFORMS: &[layout::Struct] = &[$(layout::Struct {
            name: stringify!($Name),
            size: size_of::<$Name>(),
            fields: &[$(layout::Field {
                name: stringify!($field),
                offset: core::mem::offset_of!($Name, $field),
                size: size_of::<$Type>(),
                float: <$Type as layout::Kind>::FLOAT,
            },)*],
        },)*];
    };
}

uniforms! {
    /// How the camera's buffer is turned and what its bytes stand for; see `camera.wgsl`.
    Sensor {
        turn: [i32; 4],
        origin: [i32; 2],
        bgra: i32,
        unused: i32,
        red: [f32; 4],
        green: [f32; 4],
        blue: [f32; 4],
    }
    /// The frame; see `lib/scene.wgsl`.
    Frame {
        clip_from_camera: [[f32; 4]; 4],
        size_px: [f32; 2],
        low_size: [f32; 2],
    }
    /// A face's head.
    Head {
        clip_from_face: [[f32; 4]; 4],
        skin: [[f32; 4]; 3],
    }
    /// A model on a head.
    Prop {
        camera_from_model: [[f32; 4]; 4],
        weights: [f32; 4],
        look: [f32; 4],
    }
    /// What a mesh is made of; see `prop.wgsl`. Public.
    Material {
        base_colour: [f32; 4],
        emissive: [f32; 4],
        factors: [f32; 4],
    }
}

/// Declares vertices: each field is an attribute at the location that a shader reads it from.
macro_rules! vertices {
    ($( $(#[$doc:meta])* $Name:ident, $step:ident { $( $field:ident: $Type:ty = $location:literal $format:ident, )* } )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Pod, Zeroable)]
        #[repr(C)]
        pub(crate) struct $Name { $( pub(crate) $field: $Type, )* }

        impl $Name {
            pub(crate) const STRIDE: u64 = size_of::<Self>() as u64;
            const ATTRIBUTES: &'static [wgpu::VertexAttribute] = &[$(
                wgpu::VertexAttribute {
                    format: wgpu::VertexFormat::$format,
                    offset: core::mem::offset_of!(Self, $field) as u64,
                    shader_location: $location,
                },
            )*];
            pub(crate) const LAYOUT: wgpu::VertexBufferLayout<'static> = wgpu::VertexBufferLayout {
                array_stride: Self::STRIDE,
                step_mode: wgpu::VertexStepMode::$step,
                attributes: Self::ATTRIBUTES,
            };
        }

        const _: () = {
            $( assert!(size_of::<$Type>() as u64 == wgpu::VertexFormat::$format.size()); )*
        };
    )*};
}

vertices! {
    /// A sticker, an overlay or a sprite; see `picture.wgsl`.
    Picture, Instance {
        centre: [f32; 4] = 0 Float32x4,
        across: [f32; 4] = 1 Float32x4,
        down: [f32; 4] = 2 Float32x4,
        look: [f32; 4] = 3 Float32x4,
    }
    /// Four numbers of one draw.
    Look, Instance {
        look: [f32; 4] = 4 Float32x4,
    }
    /// A landmark of the mesh: in FramePx, in CameraMm, and how well it is seen.
    Skin, Vertex {
        place_px: [f32; 2] = 0 Float32x2,
        place_mm: [f32; 3] = 1 Float32x3,
        seen: f32 = 2 Float32,
    }
    /// A landmark of the mesh with another face's looks; see `swap.wgsl`.
    Swap, Vertex {
        place_px: [f32; 2] = 0 Float32x2,
        other: [f32; 4] = 1 Float32x4,
        tone: [f32; 4] = 2 Float32x4,
        front: [f32; 4] = 5 Float32x4,
        own: [f32; 4] = 6 Float32x4,
        way: [f32; 4] = 7 Float32x4,
        bend: [f32; 4] = 8 Float32x4,
    }
    /// Where a landmark of the mesh lies in FaceUv. Public.
    SkinUv, Vertex {
        uv: [f32; 2] = 3 Float32x2,
    }
    /// A vertex of the head's shell, in FaceMm. Public.
    Shell, Vertex {
        place_mm: [f32; 3] = 0 Float32x3,
    }
    /// A vertex of a model. Public.
    Corner, Vertex {
        position: [f32; 3] = 0 Float32x3,
        normal: [f32; 3] = 1 Float32x3,
        uv: [f32; 2] = 2 Float32x2,
    }
    /// How morph targets move a vertex of a model. Public.
    Moved, Vertex {
        position_0: [f32; 3] = 3 Float32x3,
        normal_0: [f32; 3] = 4 Float32x3,
        position_1: [f32; 3] = 5 Float32x3,
        normal_1: [f32; 3] = 6 Float32x3,
        position_2: [f32; 3] = 7 Float32x3,
        normal_2: [f32; 3] = 8 Float32x3,
        position_3: [f32; 3] = 9 Float32x3,
        normal_3: [f32; 3] = 10 Float32x3,
    }
}

/// How uniforms lie in memory, for the test that compares them with the shaders'.
#[cfg(test)]
pub(crate) mod layout {
    pub(crate) struct Struct {
        pub(crate) name: &'static str,
        pub(crate) size: usize,
        pub(crate) fields: &'static [Field],
    }

    #[derive(Debug, PartialEq, Eq)]
    pub(crate) struct Field {
        pub(crate) name: &'static str,
        pub(crate) offset: usize,
        pub(crate) size: usize,
        pub(crate) float: bool,
    }

    pub(crate) trait Kind {
        const FLOAT: bool;
    }

    impl Kind for f32 {
        const FLOAT: bool = true;
    }

    impl Kind for i32 {
        const FLOAT: bool = false;
    }

    impl<T: Kind, const N: usize> Kind for [T; N] {
        const FLOAT: bool = T::FLOAT;
    }
}
