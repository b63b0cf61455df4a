//! The way out: finished pictures on their way to the caller's memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::staging::{FAILED, WAITING, tell};
use crate::target::{PixelOrder, Pixels};
use crate::{Gpu, RenderError};

/// How many pictures may be under way at once, asked for and not collected.
pub(crate) const MOST: usize = 3;

/// Buffers that pictures are copied into.
pub(crate) struct Readback {
    gpu: Gpu,
    slots: Vec<Slot>,
    next: u64,
}

struct Slot {
    buffer: wgpu::Buffer,
    size: (u32, u32),
    /// The picture's number; `None` if it holds none.
    holds: Option<u64>,
    mapped: Arc<AtomicU8>,
}

/// A row's distance to the next in a buffer that a texture is copied into.
pub(crate) fn padded_row(width: u32) -> u32 {
    (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT)
}

impl Readback {
    pub(crate) fn new(gpu: &Gpu) -> Self {
        Self {
            gpu: gpu.clone(),
            slots: Vec::new(),
            next: 0,
        }
    }

    /// Records the copy of a finished picture of `size`, and says under which number it can be collected.
    ///
    /// # Errors
    /// [`RenderError::TooManyUnderWay`].
    pub(crate) fn copy(
        &mut self,
        encoder: &mut wgpu::CommandEncoder,
        picture: &wgpu::Texture,
        size: (u32, u32),
    ) -> Result<u64, RenderError> {
        let free = |slot: &Slot| slot.holds.is_none();
        self.slots.retain(|slot| !free(slot) || slot.size == size);
        let at = match self.slots.iter().position(free) {
            Some(at) => at,
            None if self.slots.len() >= MOST => {
                return Err(RenderError::TooManyUnderWay { expected: MOST });
            }
            None => {
                self.slots.push(Slot::new(&self.gpu, size));
                self.slots.len() - 1
            }
        };
        self.next += 1;
        let slot = &mut self.slots[at];
        slot.holds = Some(self.next);
        encoder.copy_texture_to_buffer(
            picture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &slot.buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(padded_row(size.0)),
                    rows_per_image: None,
                },
            },
            wgpu::Extent3d {
                width: size.0,
                height: size.1,
                depth_or_array_layers: 1,
            },
        );
        Ok(self.next)
    }

    /// Asks for the pictures whose copies are submitted.
    pub(crate) fn request(&mut self, numbers: &[u64]) {
        for slot in &mut self.slots {
            if slot.holds.is_some_and(|number| numbers.contains(&number)) {
                slot.buffer.map_async(wgpu::MapMode::Read, .., tell(&slot.mapped));
            }
        }
    }

    /// Forgets pictures whose copies were never submitted.
    pub(crate) fn forget(&mut self, numbers: &[u64]) {
        for slot in &mut self.slots {
            slot.holds.take_if(|number| numbers.contains(number));
        }
    }

    /// Whether a picture has come.
    ///
    /// # Errors
    /// [`RenderError::Expired`], [`RenderError::Lost`].
    pub(crate) fn is_ready(&self, number: u64) -> Result<bool, RenderError> {
        let slot = self.slots.iter().find(|slot| slot.holds == Some(number));
        match slot.ok_or(RenderError::Expired)?.mapped.load(Ordering::Acquire) {
            WAITING => Ok(false),
            FAILED => Err(self.gpu.trouble()),
            _ => Ok(true),
        }
    }

    /// Writes a picture into `pixels`, and clears it on the device, on every path.
    ///
    /// # Errors
    /// [`RenderError::Expired`], [`RenderError::TargetStride`], [`RenderError::TargetLength`],
    /// [`RenderError::Stalled`], [`RenderError::Lost`], [`RenderError::Refused`].
    pub(crate) fn collect(&mut self, number: u64, pixels: Pixels<'_>) -> Result<(), RenderError> {
        if !self.is_ready(number)? {
            self.gpu.wait()?;
        }
        let ready = self.is_ready(number)?;
        let at = self.slots.iter().position(|slot| slot.holds == Some(number));
        let slot = &mut self.slots[at.ok_or(RenderError::Expired)?];
        let mut result = if ready {
            let checked = pixels.check(slot.size);
            let view = slot.buffer.get_mapped_range(..);
            match (checked, view) {
                (Ok(()), Ok(view)) => {
                    pixels.write(slot.size, &view, padded_row(slot.size.0) as usize);
                    Ok(())
                }
                (Err(error), _) => Err(error),
                (Ok(()), Err(_)) => Err(self.gpu.trouble()),
            }
        } else {
            Err(RenderError::Expired)
        };
        let cleared = self.clear(Some(number));
        if result.is_ok() {
            result = cleared;
        }
        result
    }

    /// Clears one picture, or all of them, and takes their buffers back. The device clears them; it is asked to and not
    /// waited for.
    ///
    /// # Errors
    /// [`RenderError::Lost`], [`RenderError::Refused`].
    pub(crate) fn clear(&mut self, number: Option<u64>) -> Result<(), RenderError> {
        let mut encoder = None;
        for slot in &mut self.slots {
            if slot.holds.is_none() || number.is_some_and(|number| slot.holds != Some(number)) {
                continue;
            }
            slot.holds = None;
            slot.buffer.unmap();
            encoder
                .get_or_insert_with(|| self.gpu.objects().encoder("clear pictures"))
                .clear_buffer(&slot.buffer, 0, None);
        }
        if let Some(encoder) = encoder {
            self.gpu.queue().submit([encoder.finish()]);
        }
        self.gpu.check()
    }

    /// Lets go of buffers that hold nothing.
    pub(crate) fn release(&mut self) {
        self.slots.retain(|slot| slot.holds.is_some());
    }
}

impl Slot {
    fn new(gpu: &Gpu, size: (u32, u32)) -> Self {
        Self {
            buffer: gpu.objects().buffer(&wgpu::BufferDescriptor {
                label: Some("picture"),
                size: u64::from(padded_row(size.0)) * u64::from(size.1),
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }),
            size,
            holds: None,
            mapped: Arc::default(),
        }
    }
}

impl Pixels<'_> {
    /// Checks that a picture of `size` fits in.
    ///
    /// # Errors
    /// [`RenderError::TargetStride`], [`RenderError::TargetLength`].
    pub(crate) fn check(&self, (width, height): (u32, u32)) -> Result<(), RenderError> {
        let row = width as usize * 4;
        if self.row_stride < row {
            return Err(RenderError::TargetStride {
                expected: row,
                found: self.row_stride,
            });
        }
        let expected = (height as usize - 1)
            .checked_mul(self.row_stride)
            .and_then(|start| start.checked_add(row))
            .unwrap_or(usize::MAX);
        if self.bytes.len() < expected {
            return Err(RenderError::TargetLength {
                expected,
                found: self.bytes.len(),
            });
        }
        Ok(())
    }

    /// Writes the picture in `rows`, which are red, green, blue, alpha, `stride` bytes apart.
    fn write(self, (width, height): (u32, u32), rows: &[u8], stride: usize) {
        let row = width as usize * 4;
        let out = self.bytes.chunks_mut(self.row_stride).take(height as usize);
        for (out, picture) in out.zip(rows.chunks(stride)) {
            let out = &mut out[..row];
            out.copy_from_slice(&picture[..row]);
            if self.order == PixelOrder::Bgra {
                let (pixels, _) = out.as_chunks_mut::<4>();
                for pixel in pixels {
                    pixel.swap(0, 2);
                }
            }
        }
    }
}
