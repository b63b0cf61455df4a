//! Android's windows: each is held from its attach to its detach, which the C ABI leaves to its caller.

#![cfg_attr(target_os = "android", allow(unsafe_code, reason = "the NDK's windows"))]

#[cfg(target_os = "android")]
pub(crate) use android::{attach, detach, forget};
#[cfg(not(target_os = "android"))]
pub(crate) use elsewhere::{attach, detach, forget};

/// How a window shows frames.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(target_os = "android"),
    expect(dead_code, reason = "windows are Android's here")
)]
pub(crate) struct Showing {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) fit: u32,
    pub(crate) flags: u32,
}

#[cfg(target_os = "android")]
mod android {
    use std::collections::BTreeMap;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use jni::Env;
    use jni::objects::JObject;

    use super::Showing;
    use crate::calls::{self, answered};
    use crate::fault::Fault;
    use crate::sys::{self, Session};

    #[link(name = "android")]
    unsafe extern "C" {
        fn ANativeWindow_fromSurface(env: *mut jni::sys::JNIEnv, surface: jni::sys::jobject) -> *mut Opaque;
        fn ANativeWindow_release(window: *mut Opaque);
    }

    #[repr(C)]
    struct Opaque {
        _unseen: [u8; 0],
    }

    /// A reference to an `ANativeWindow`, which is counted.
    struct Window(*mut Opaque);

    // SAFETY: the count of an `ANativeWindow` is atomic; nothing else is done with it here.
    unsafe impl Send for Window {}

    impl Window {
        fn of(env: &Env<'_>, surface: &JObject<'_>) -> Result<Self, Fault> {
            if surface.is_null() {
                return Err(Fault::Released);
            }
            // SAFETY: this thread's environment, and a `Surface`, as `Native.kt` declares it.
            let window = unsafe { ANativeWindow_fromSurface(env.get_raw(), surface.as_raw()) };
            if window.is_null() {
                return Err(Fault::Released);
            }
            Ok(Self(window))
        }
    }

    impl Drop for Window {
        fn drop(&mut self) {
            // SAFETY: the reference that `ANativeWindow_fromSurface` gave.
            unsafe { ANativeWindow_release(self.0) };
        }
    }

    /// The window of each session. Held during an attach, so that what is noted is what is attached.
    static ATTACHED: Mutex<BTreeMap<Session, Window>> = Mutex::new(BTreeMap::new());

    fn attached() -> MutexGuard<'static, BTreeMap<Session, Window>> {
        ATTACHED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// # Errors
    /// [`Fault::Released`], [`Fault::Call`].
    pub(crate) fn attach(
        env: &Env<'_>,
        session: Session,
        surface: &JObject<'_>,
        how: Showing,
    ) -> Result<(), Fault> {
        let window = Window::of(env, surface)?;
        let said = sys::Surface {
            kind: sys::SURFACE_ANDROID,
            width: how.width,
            height: how.height,
            fit: how.fit,
            flags: how.flags,
            window: window.0.addr(),
            ..sys::init()
        };
        let mut attached = attached();
        // SAFETY: it is held by `attached` until the session has let go of it.
        unsafe { calls::surface_attach(session, said) }?;
        attached.insert(session, window);
        Ok(())
    }

    /// # Errors
    /// [`Fault::Call`], and then it stays attached.
    pub(crate) fn detach(session: Session) -> Result<(), Fault> {
        let mut attached = attached();
        answered(sys::moretta_surface_detach(session))?;
        attached.remove(&session);
        Ok(())
    }

    /// After the session was destroyed.
    pub(crate) fn forget(session: Session) {
        attached().remove(&session);
    }
}

#[cfg(not(target_os = "android"))]
mod elsewhere {
    use jni::Env;
    use jni::objects::JObject;

    use super::Showing;
    use crate::calls::answered;
    use crate::fault::Fault;
    use crate::sys::{self, Session};

    /// # Errors
    /// [`Fault::Call`] if there is no such session, else [`Fault::NoWindows`].
    pub(crate) fn attach(_: &Env<'_>, session: Session, _: &JObject<'_>, _: Showing) -> Result<(), Fault> {
        // What is wrong with the session is said first, as on Android.
        answered(sys::moretta_surface_detach(session))?;
        Err(Fault::NoWindows)
    }

    /// # Errors
    /// [`Fault::Call`].
    pub(crate) fn detach(session: Session) -> Result<(), Fault> {
        answered(sys::moretta_surface_detach(session)).map(drop)
    }

    pub(crate) fn forget(_: Session) {}
}
