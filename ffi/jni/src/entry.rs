//! What every call from Java goes through.

use std::any::Any;

use jni::errors::ErrorPolicy;
use jni::objects::{JThrowable, JValue};
use jni::{Env, EnvUnowned, jni_sig, jni_str};

use crate::fault::Fault;
use crate::sys;

/// Runs a call to its end. What fails is thrown as a `MorettaException`, and the answer is then null or zero, which Java does
/// not see. A panic ends here: everything in the process is wiped before.
pub(crate) fn entry<'local, T: Default>(
    mut env: EnvUnowned<'local>,
    call: impl FnOnce(&mut Env<'local>) -> Result<T, Fault>,
) -> T {
    env.with_env(call).resolve::<Throw>()
}

struct Throw;

impl<T: Default> ErrorPolicy<T, Fault> for Throw {
    type Captures<'unowned_env_local: 'native_method, 'native_method> = ();

    fn on_error<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        _captures: &mut Self::Captures<'unowned_env_local, 'native_method>,
        fault: Fault,
    ) -> jni::errors::Result<T> {
        throw(env, fault.status(), &fault.text())
    }

    fn on_panic<'unowned_env_local: 'native_method, 'native_method>(
        env: &mut Env<'unowned_env_local>,
        _captures: &mut Self::Captures<'unowned_env_local, 'native_method>,
        payload: Box<dyn Any + Send + 'static>,
    ) -> jni::errors::Result<T> {
        sys::moretta_wipe_all();
        // What it says is dropped unread, and what panics as it is dropped stays.
        std::mem::forget(payload);
        throw(
            env,
            sys::STATUS_BUG,
            "a fault in Moretta: everything was wiped; please report it",
        )
    }
}

/// Throws, unless something was thrown already.
fn throw<T: Default>(env: &mut Env<'_>, status: i32, text: &str) -> jni::errors::Result<T> {
    if !env.exception_check() {
        let text = env.new_string(text)?;
        let exception = env.new_object(
            jni_str!("dev/moretta/MorettaException"),
            jni_sig!("(ILjava/lang/String;)V"),
            &[JValue::Int(status), JValue::Object(&text)],
        )?;
        let exception = env.cast_local::<JThrowable<'_>>(exception)?;
        env.throw(exception)?;
    }
    Ok(T::default())
}
