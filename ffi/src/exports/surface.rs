use moretta::Window;

use crate::abi::{self, SessionHandle};
use crate::guard::guard_session;
use crate::raw::In;
use crate::status::Status;

#[unsafe(no_mangle)]
extern "C" fn moretta_surface_attach(session: SessionHandle, surface: In<abi::Surface>) -> Status {
    guard_session(session, |session| {
        let surface = surface.read()?;
        let (placement, maker) = (surface.placement()?, surface.maker()?);
        // The old one first: no window has two surfaces.
        session.detach();
        let gpu = session.parts.renderer.gpu();
        let made = gpu
            .window(maker, surface.width, surface.height)
            .map_err(moretta::Error::from)?;
        session.attach(Window::new(made), placement);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_surface_resize(session: SessionHandle, width: u32, height: u32) -> Status {
    guard_session(session, |session| {
        session.window()?.resize(width, height);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn moretta_surface_detach(session: SessionHandle) -> Status {
    guard_session(session, |session| {
        session.detach();
        Ok(())
    })
}
