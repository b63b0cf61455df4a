//! Windows of the system's, as C says them.

#![allow(unsafe_code, reason = "only the caller can vouch for a window's handle")]

use std::ffi::c_void;
use std::num::NonZeroU32;
use std::ptr::NonNull;

use moretta::wgpu::rwh::{
    AndroidDisplayHandle, AndroidNdkWindowHandle, RawDisplayHandle, RawWindowHandle, WaylandDisplayHandle,
    WaylandWindowHandle, Win32WindowHandle, WindowsDisplayHandle, XcbDisplayHandle, XcbWindowHandle,
    XlibDisplayHandle, XlibWindowHandle,
};
use moretta::wgpu::{Instance, SurfaceTargetUnsafe};
use moretta::{Fit, Placement, WindowMaker};

use crate::options::one_of;
use crate::{Fault, abi};

impl abi::Surface {
    /// How pictures lie in it.
    ///
    /// # Errors
    /// [`Fault::Value`].
    pub(crate) fn placement(&self) -> Result<Placement, Fault> {
        if self.flags & !abi::SURFACE_MIRROR != 0 {
            return Err(Fault::Value {
                what: "moretta_surface.flags",
                expected: "MORETTA_SURFACE_MIRROR only",
                found: self.flags.into(),
            });
        }
        let fits = [Fit::Cover, Fit::Contain, Fit::Stretch];
        Ok(Placement {
            fit: one_of("moretta_surface.fit", self.fit, &fits)?.unwrap_or_default(),
            mirror: self.flags & abi::SURFACE_MIRROR != 0,
        })
    }

    /// What makes a surface of it, once, and again if it is lost.
    ///
    /// # Errors
    /// [`Fault::Null`], [`Fault::Value`].
    pub(crate) fn maker(&self) -> Result<WindowMaker, Fault> {
        if self.kind == abi::SURFACE_METAL_LAYER {
            return metal_layer(self.window);
        }
        // Looked at once here, so that what is wrong is told to the caller.
        handles(*self)?;
        let surface = *self;
        Ok(WindowMaker::new(move |instance: &Instance| {
            let Ok((display, window)) = handles(surface) else {
                unreachable!("they were good when the surface was attached");
            };
            let target = SurfaceTargetUnsafe::RawHandle {
                raw_display_handle: Some(display),
                raw_window_handle: window,
            };
            // SAFETY: the caller vouches that both live until the surface is detached or the session destroyed, which
            // drops what is made here.
            unsafe { instance.create_surface_unsafe(target) }
        }))
    }
}

fn pointer(what: &'static str, address: usize) -> Result<NonNull<c_void>, Fault> {
    NonNull::new(std::ptr::with_exposed_provenance_mut(address)).ok_or(Fault::Null { what })
}

fn display(surface: abi::Surface) -> Result<NonNull<c_void>, Fault> {
    pointer("moretta_surface.display", surface.display)
}

fn window(surface: abi::Surface) -> Result<NonNull<c_void>, Fault> {
    pointer("moretta_surface.window", surface.window)
}

fn handles(surface: abi::Surface) -> Result<(RawDisplayHandle, RawWindowHandle), Fault> {
    Ok(match surface.kind {
        abi::SURFACE_XLIB => (
            XlibDisplayHandle::new(Some(display(surface)?), 0).into(),
            XlibWindowHandle::new(window(surface)?.addr().get() as _).into(),
        ),
        abi::SURFACE_XCB => {
            let id = u32::try_from(surface.window).ok().and_then(NonZeroU32::new);
            let id = id.ok_or(Fault::Value {
                what: "moretta_surface.window",
                expected: "a window's id",
                found: surface.window as u64,
            })?;
            (
                XcbDisplayHandle::new(Some(display(surface)?), 0).into(),
                XcbWindowHandle::new(id).into(),
            )
        }
        abi::SURFACE_WAYLAND => (
            WaylandDisplayHandle::new(display(surface)?).into(),
            WaylandWindowHandle::new(window(surface)?).into(),
        ),
        abi::SURFACE_ANDROID => (
            AndroidDisplayHandle::new().into(),
            AndroidNdkWindowHandle::new(window(surface)?).into(),
        ),
        abi::SURFACE_WIN32 => (
            WindowsDisplayHandle::new().into(),
            Win32WindowHandle::new(window(surface)?.addr().try_into().map_err(|_| Fault::Null {
                what: "moretta_surface.window",
            })?)
            .into(),
        ),
        found => {
            return Err(Fault::Value {
                what: "moretta_surface.kind",
                expected: "one of MORETTA_SURFACE_*",
                found: found.into(),
            });
        }
    })
}

#[cfg(target_vendor = "apple")]
fn metal_layer(address: usize) -> Result<WindowMaker, Fault> {
    pointer("moretta_surface.window", address)?;
    Ok(WindowMaker::new(move |instance: &Instance| {
        let layer = std::ptr::with_exposed_provenance_mut(address);
        // SAFETY: as in `maker`.
        unsafe { instance.create_surface_unsafe(SurfaceTargetUnsafe::CoreAnimationLayer(layer)) }
    }))
}

#[cfg(not(target_vendor = "apple"))]
fn metal_layer(_address: usize) -> Result<WindowMaker, Fault> {
    Err(Fault::Value {
        what: "moretta_surface.kind",
        expected: "one that this system has",
        found: abi::SURFACE_METAL_LAYER.into(),
    })
}
