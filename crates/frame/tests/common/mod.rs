//! Frames made up in any format, and the judge of what is made of them.

#![allow(dead_code, reason = "each test uses its part")]

use moretta_frame::{Colour, ColourMatrix, ColourRange, FrameFormat, FrameLayout, FrameView};
use moretta_space::Orientation;

/// All colours: both matrices in both ranges.
pub(crate) const COLOURS: [Colour; 4] = {
    let [full, limited] = [ColourRange::Full, ColourRange::Limited];
    [
        Colour {
            matrix: ColourMatrix::Bt601,
            range: full,
        },
        Colour {
            matrix: ColourMatrix::Bt601,
            range: limited,
        },
        Colour {
            matrix: ColourMatrix::Bt709,
            range: full,
        },
        Colour {
            matrix: ColourMatrix::Bt709,
            range: limited,
        },
    ]
};

/// A way in which cameras deliver frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Packing {
    /// The format as it is, each plane in a buffer of its own.
    Apart(FrameFormat),
    /// YUV_420_888 with the chroma in turns in one buffer, U first or V first, so that the planes overlap and
    /// the last byte of the first one is missing.
    Turns { u_first: bool },
}

pub(crate) const PACKINGS: [Packing; 9] = [
    Packing::Apart(FrameFormat::Rgba8),
    Packing::Apart(FrameFormat::Bgra8),
    Packing::Apart(FrameFormat::Nv12),
    Packing::Apart(FrameFormat::Nv21),
    Packing::Apart(FrameFormat::I420),
    Packing::Apart(FrameFormat::Yv12),
    Packing::Apart(FrameFormat::Yuv420_888),
    Packing::Turns { u_first: true },
    Packing::Turns { u_first: false },
];

impl Packing {
    pub(crate) fn format(self) -> FrameFormat {
        match self {
            Self::Apart(format) => format,
            Self::Turns { .. } => FrameFormat::Yuv420_888,
        }
    }

    pub(crate) fn is_yuv(self) -> bool {
        !matches!(self.format(), FrameFormat::Rgba8 | FrameFormat::Bgra8)
    }
}

/// What a camera saw, before it is packed: for each pixel red, green, blue and alpha; and luma, and chroma
/// for each two by two. The two have nothing to do with each other.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgba: Vec<[u8; 4]>,
    pub(crate) luma: Vec<u8>,
    pub(crate) chroma: Vec<[u8; 2]>,
}

impl Scene {
    /// Noise, in which no two pixels are alike for long, from 0 to 255.
    pub(crate) fn noise(width: usize, height: usize, seed: u32) -> Self {
        // Marsaglia 2003, "Xorshift RNGs", doi:10.18637/jss.v008.i14.
        let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
        let mut byte = move || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 24) as u8
        };
        let blocks = width.div_ceil(2) * height.div_ceil(2);
        Self {
            width,
            height,
            rgba: (0..width * height)
                .map(|_| [byte(), byte(), byte(), byte()])
                .collect(),
            luma: (0..width * height).map(|_| byte()).collect(),
            chroma: (0..blocks).map(|_| [byte(), byte()]).collect(),
        }
    }

    /// The pixel in column `x` and row `y` of the buffer as real numbers, 0 to 255, by the definition of the
    /// colour.
    fn definition(&self, packing: Packing, colour: Colour, x: usize, y: usize) -> [f64; 4] {
        if !packing.is_yuv() {
            return self.rgba[y * self.width + x].map(f64::from);
        }
        let (kr, kb) = match colour.matrix {
            ColourMatrix::Bt601 => (0.299, 0.114),
            ColourMatrix::Bt709 => (0.2126, 0.0722),
        };
        let kg = 1.0 - kr - kb;
        let luma = f64::from(self.luma[y * self.width + x]);
        let [u, v] =
            self.chroma[y / 2 * self.width.div_ceil(2) + x / 2].map(|level| f64::from(level) - 128.0);
        let (luma, u, v) = match colour.range {
            ColourRange::Full => (luma, u, v),
            ColourRange::Limited => (
                (luma - 16.0) * 255.0 / 219.0,
                u * 255.0 / 224.0,
                v * 255.0 / 224.0,
            ),
        };
        let red = luma + 2.0 * (1.0 - kr) * v;
        let blue = luma + 2.0 * (1.0 - kb) * u;
        // What luma is made of, solved for green.
        let green = (luma - kr * red - kb * blue) / kg;
        [red, green, blue, 255.0].map(|level| level.clamp(0.0, 255.0))
    }

    /// The upright picture as real numbers, row by row: turned step by step, then mirrored, as a person would
    /// do it.
    fn upright(&self, packing: Packing, colour: Colour, orientation: Orientation) -> Picture {
        let mut picture: Picture = (0..self.height)
            .map(|y| {
                (0..self.width)
                    .map(|x| self.definition(packing, colour, x, y))
                    .collect()
            })
            .collect();
        for _ in 0..orientation.rotation.degrees() / 90 {
            let columns = 0..picture[0].len();
            picture = columns
                .map(|x| picture.iter().rev().map(|row| row[x]).collect())
                .collect();
        }
        if orientation.mirror {
            picture.iter_mut().for_each(|row| row.reverse());
        }
        picture
    }

    /// Packs the scene into buffers that end with the last sample, with `padding` bytes between rows.
    /// `poison` gives what lies there.
    pub(crate) fn pack(&self, packing: Packing, padding: usize, mut poison: impl FnMut() -> u8) -> Packed {
        let (width, height) = (self.width as u32, self.height as u32);
        let mut layout = FrameLayout::packed(packing.format(), width, height);
        let columns = self.width.div_ceil(2);
        let mut buffers: Vec<Vec<u8>> = Vec::new();
        let mut plane = |row_len: usize, bytes: Vec<u8>| {
            let stride = row_len + padding;
            let rows = bytes.chunks(row_len);
            let mut buffer = Vec::new();
            for row in rows {
                buffer.resize_with(buffer.len().next_multiple_of(stride), &mut poison);
                buffer.extend(row);
            }
            buffers.push(buffer);
            stride
        };
        let [us, vs] = [0, 1].map(|k| self.chroma.iter().map(|uv| uv[k]).collect::<Vec<_>>());
        let pairs = |first: usize| {
            self.chroma
                .iter()
                .flat_map(|uv| [uv[first], uv[1 - first]])
                .collect::<Vec<_>>()
        };
        let mut strides = [0; 3];
        match packing.format() {
            FrameFormat::Rgba8 => strides[0] = plane(self.width * 4, self.rgba.as_flattened().to_vec()),
            FrameFormat::Bgra8 => {
                let bgra = self
                    .rgba
                    .iter()
                    .flat_map(|[red, green, blue, alpha]| [*blue, *green, *red, *alpha]);
                strides[0] = plane(self.width * 4, bgra.collect());
            }
            format => {
                strides[0] = plane(self.width, self.luma.clone());
                match (packing, format) {
                    (Packing::Turns { u_first }, _) => {
                        strides[1] = plane(columns * 2, pairs(usize::from(!u_first)));
                        strides[2] = strides[1];
                    }
                    (_, FrameFormat::Nv12) => strides[1] = plane(columns * 2, pairs(0)),
                    (_, FrameFormat::Nv21) => strides[1] = plane(columns * 2, pairs(1)),
                    (_, FrameFormat::Yv12) => {
                        strides[1] = plane(columns, vs);
                        strides[2] = plane(columns, us);
                    }
                    _ => {
                        strides[1] = plane(columns, us);
                        strides[2] = plane(columns, vs);
                    }
                }
            }
        }
        for (plane, stride) in layout.planes.iter_mut().zip(strides) {
            plane.row_stride = stride;
        }
        if matches!(packing, Packing::Turns { .. }) {
            layout.planes[1..]
                .iter_mut()
                .for_each(|plane| plane.pixel_stride = 2);
        }
        Packed {
            packing,
            layout,
            buffers,
        }
    }
}

/// Rows of red, green, blue and alpha.
type Picture = Vec<Vec<[f64; 4]>>;

/// A scene in the memory of a camera.
pub(crate) struct Packed {
    packing: Packing,
    pub(crate) layout: FrameLayout,
    buffers: Vec<Vec<u8>>,
}

impl Packed {
    pub(crate) fn planes(&self) -> Vec<&[u8]> {
        let Packing::Turns { u_first } = self.packing else {
            return self.buffers.iter().map(Vec::as_slice).collect();
        };
        let pairs = &self.buffers[1];
        let (first, second) = (&pairs[..pairs.len() - 1], &pairs[1..]);
        let (u, v) = if u_first { (first, second) } else { (second, first) };
        vec![&self.buffers[0], u, v]
    }

    /// Viewed in another colour and orientation than the default.
    pub(crate) fn view(&self, colour: Colour, orientation: Orientation) -> FrameView<'_> {
        let layout = FrameLayout {
            colour,
            orientation,
            ..self.layout
        };
        layout.view(&self.planes()).unwrap()
    }
}

/// The whole frame, its rows without anything between them.
pub(crate) fn rgba(view: &FrameView<'_>) -> Vec<u8> {
    let row = view.size().width() as usize * 4;
    let mut out = vec![0; row * view.size().height() as usize];
    view.to_rgba(&mut out, row).unwrap();
    out
}

/// Whether `found`, an upright picture in RGBA, is `scene` as the definitions of its format, colour and
/// orientation have it, to within rounding.
pub(crate) fn judge(
    scene: &Scene,
    packing: Packing,
    colour: Colour,
    orientation: Orientation,
    found: &[u8],
) -> Result<(), String> {
    let expected = scene.upright(packing, colour, orientation);
    let expected = expected.as_slice().concat();
    if found.len() != expected.len() * 4 {
        return Err(format!(
            "expected {} bytes, found {}",
            expected.len() * 4,
            found.len()
        ));
    }
    // Half a level for rounding to the nearest and 0.05 for what lies half way; exact where nothing is
    // converted.
    let tolerance = if packing.is_yuv() { 0.55 } else { 0.0 };
    for (i, (expected, found)) in expected.iter().zip(found.chunks(4)).enumerate() {
        for channel in 0..4 {
            if (expected[channel] - f64::from(found[channel])).abs() > tolerance {
                return Err(format!("pixel {i}: expected {expected:?}, found {found:?}"));
            }
        }
    }
    Ok(())
}
