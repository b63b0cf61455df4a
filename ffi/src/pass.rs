//! Frames of which nobody consented that they are looked at: they pass through as they came, and nothing is analysed.

use moretta::{Backing, FrameFormat, FrameLayout, FrameStore, PixelOrder, Policy, Shelter};

use crate::Fault;

/// The upright picture of `planes`, written into `out`: by this thread alone, which keeps nothing of it.
///
/// # Errors
/// [`Fault::Sdk`].
pub(crate) fn through(
    shelter: &Shelter,
    layout: &FrameLayout,
    planes: &[&[u8]],
    out: &mut [u8],
    row_stride: usize,
    order: PixelOrder,
) -> Result<(), Fault> {
    let written = shelter.run(|| {
        let frame = layout.view(planes)?;
        frame.to_rgba(out, row_stride)?;
        let size = frame.size();
        if order == PixelOrder::Bgra {
            for row in out.chunks_mut(row_stride).take(size.height() as usize) {
                let pixels = row[..size.width() as usize * 4].chunks_exact_mut(4);
                pixels.for_each(|pixel| pixel.swap(0, 2));
            }
        }
        Ok::<_, moretta::Error>(())
    })?;
    Ok(written?)
}

/// Whether a frame that is drawn in place is finished as it lies there.
pub(crate) fn is_itself(layout: &FrameLayout, row_stride: usize, order: PixelOrder) -> bool {
    let same = match order {
        PixelOrder::Rgba => FrameFormat::Rgba8,
        PixelOrder::Bgra => FrameFormat::Bgra8,
    };
    layout.format == same
        && layout.orientation == moretta_space::Orientation::UPRIGHT
        && layout.planes[0].row_stride == row_stride
}

/// Room for a copy of a frame that is drawn in place, in face memory.
///
/// # Errors
/// [`Fault::Sdk`].
pub(crate) fn room(
    store: &mut Option<FrameStore>,
    bytes: usize,
    policy: Policy,
    backing: Backing,
) -> Result<&mut FrameStore, Fault> {
    if store.as_ref().is_none_or(|store| store.len() < bytes) {
        *store = None; // first the old one: what may be locked is little
        *store = Some(FrameStore::new(bytes.max(1), policy, backing)?);
    }
    store.as_mut().ok_or(Fault::Bug)
}
