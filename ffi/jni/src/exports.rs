//! What `Native.kt` declares, by the names that the Java virtual machine looks for. A test compares both.
//!
//! Nothing here is unsafe but the names.

#![allow(unsafe_code, reason = "exported names")]

use jni::objects::{JByteBuffer, JClass, JFloatArray, JLongArray, JObject, JObjectArray, JString};
use jni::sys::{jfloat, jint, jlong};
use jni::{Env, EnvUnowned};

use crate::calls::{self, Frame, Plane, answered};
use crate::entry::entry;
use crate::fault::Fault;
use crate::memory::Memory;
use crate::sys;
use crate::window::{self, Showing};

/// A handle is any number: it is looked up.
fn handle(number: jlong) -> usize {
    number as usize
}

/// A constant, a size or a slot, by its bits: `-1` is `MORETTA_EVERYONE`. What is none is refused by the C ABI.
fn bits(number: jint) -> u32 {
    number.cast_unsigned()
}

fn size(what: &'static str, number: jlong) -> Result<usize, Fault> {
    usize::try_from(number).map_err(|_| Fault::Number {
        what,
        expected: usize::MAX as u64,
        found: number,
    })
}

/// Numbers of a frame before those of its planes, in the order of `Frame.kt`.
const FRAME_NUMBERS: usize = 8;
/// Of each plane: where it starts, its length, row stride and pixel stride.
const PLANE_NUMBERS: usize = 4;

/// The frame of `numbers`, with as many planes as there are buffers before the first null.
fn frame<'buffers>(
    env: &Env<'_>,
    numbers: &JLongArray<'_>,
    buffers: [&'buffers JByteBuffer<'_>; sys::MAX_PLANES],
) -> Result<Frame<'buffers>, Fault> {
    const NAMES: [&str; sys::MAX_PLANES] = ["the first plane", "the second plane", "the third plane"];
    let mut all = [0; FRAME_NUMBERS + PLANE_NUMBERS * sys::MAX_PLANES];
    numbers.get_region(env, 0, &mut all)?;
    let [
        format,
        width,
        height,
        rotation,
        flags,
        matrix,
        levels,
        timestamp,
        of_planes @ ..,
    ] = all;
    let number = |what, found: i64| {
        u32::try_from(found).map_err(|_| Fault::Number {
            what,
            expected: u32::MAX.into(),
            found,
        })
    };
    let said = sys::Frame {
        format: number("the format", format)?,
        width: number("the width", width)?,
        height: number("the height", height)?,
        rotation_degrees: number("the rotation", rotation)?,
        flags: number("the flags", flags)?,
        matrix: number("the matrix", matrix)?,
        levels: number("the levels", levels)?,
        timestamp_ns: timestamp.cast_unsigned(),
        ..sys::init()
    };
    let mut planes = [None; sys::MAX_PLANES];
    let of_planes = of_planes.chunks_exact(PLANE_NUMBERS);
    for (place, ((buffer, of), what)) in planes.iter_mut().zip(buffers.iter().zip(of_planes).zip(NAMES)) {
        let &[start, len, row_stride, pixel_stride] = of else {
            break;
        };
        if buffer.is_null() {
            break;
        }
        *place = Some(Plane {
            memory: Memory::of(env, what, buffer, start, len)?,
            row_stride: size("the row stride", row_stride)?,
            pixel_stride: size("the pixel stride", pixel_stride)?,
        });
    }
    if planes[0].is_none() {
        return Err(Fault::NoBuffer { what: NAMES[0] });
    }
    Ok(Frame::new(said, planes))
}

/// Tells what became of a frame, in the order of `FrameResult.kt`; nothing if the caller has no place for it.
fn tell(env: &Env<'_>, result: &sys::Result, into: &JLongArray<'_>) -> Result<(), Fault> {
    if into.is_null() {
        return Ok(());
    }
    let numbers = [
        result.status.into(),
        result.token.cast_signed(),
        result.presence.into(),
        result.presented.into(),
        result.passed_through.into(),
        result.track_ns.cast_signed(),
        result.draw_ns.cast_signed(),
        result.whole_ns.cast_signed(),
    ];
    Ok(into.set_region(env, 0, &numbers)?)
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_version<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
) -> JString<'local> {
    entry(env, |env| Ok(env.new_string(calls::version())?))
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_create<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    policy: jint,
    backing: jint,
    max_faces: jint,
    range: jint,
    smoothing: jint,
    quality: jint,
    frame_budget_us: jint,
    disclose_presence: jint,
    software: jint,
    fov_y_degrees: jfloat,
    overlap: jint,
    share_with: jlong,
    models: JObjectArray<'local, JByteBuffer<'local>>,
) -> jlong {
    entry(env, |env| {
        let options = sys::Options {
            policy: bits(policy),
            backing: bits(backing),
            max_faces: bits(max_faces),
            range: bits(range),
            smoothing: bits(smoothing),
            quality: bits(quality),
            frame_budget_us: bits(frame_budget_us),
            disclose_presence: bits(disclose_presence),
            software: bits(software),
            fov_y_degrees,
            overlap: bits(overlap),
            share_with: handle(share_with),
            ..sys::init()
        };
        let mut buffers = Vec::new();
        if !models.is_null() {
            for index in 0..models.len(env)? {
                buffers.push(models.get_element(env, index)?);
            }
        }
        let mut brought = Vec::new();
        for buffer in &buffers {
            let whole = match buffer.is_null() {
                true => 0,
                false => env.get_direct_buffer_capacity(buffer).unwrap_or(0) as i64,
            };
            brought.push(Memory::of(env, "a model", buffer, 0, whole)?);
        }
        Ok(calls::create(options, &brought)? as jlong)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_destroy<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) {
    entry(env, |_| {
        let answer = answered(sys::moretta_destroy(handle(session)));
        window::forget(handle(session));
        answer.map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_check<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) -> jint {
    entry(env, |_| Ok(sys::moretta_check(handle(session))))
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_consentGive<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    age_band: jint,
) {
    entry(env, |_| {
        answered(sys::moretta_consent_give(handle(session), bits(age_band))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_consentRevoke<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) {
    entry(env, |_| {
        answered(sys::moretta_consent_revoke(handle(session))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_effectFromBytes<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    pack: JByteBuffer<'local>,
    start: jint,
    len: jint,
) -> jlong {
    entry(env, |env| {
        let bytes = Memory::of(env, "the pack", &pack, start.into(), len.into())?;
        Ok(calls::effect_from_bytes(handle(session), bytes)? as jlong)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_effectFromPath<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    path: JString<'local>,
) -> jlong {
    entry(env, |env| {
        let path = path.try_to_string(env)?;
        Ok(calls::effect_from_path(handle(session), &path)? as jlong)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_effectFree<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    effect: jlong,
) {
    entry(env, |_| {
        answered(sys::moretta_effect_free(handle(effect))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_effectInput<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    effect: jlong,
    index: jint,
    numbers: JFloatArray<'local>,
) -> JString<'local> {
    entry(env, |env| {
        let Some(input) = calls::effect_input(handle(effect), bits(index))? else {
            return Ok(JString::null());
        };
        numbers.set_region(env, 0, &[input.kind as f32, input.min, input.max, input.initial])?;
        let end = input.name.iter().position(|byte| *byte == 0);
        let name = &input.name[..end.unwrap_or(input.name.len())];
        Ok(env.new_string(String::from_utf8_lossy(name))?)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_wear<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    slot: jint,
    effect: jlong,
) {
    entry(env, |_| {
        answered(sys::moretta_wear(handle(session), bits(slot), handle(effect))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_wearAsEveryone<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    slot: jint,
) {
    entry(env, |_| {
        answered(sys::moretta_wear_as_everyone(handle(session), bits(slot))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_setInput<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    slot: jint,
    name: JString<'local>,
    value: jfloat,
) {
    entry(env, |env| {
        let name = name.try_to_string(env)?;
        calls::set_input(handle(session), bits(slot), &name, value)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_tap<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) {
    entry(env, |_| answered(sys::moretta_tap(handle(session))).map(drop));
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_donorAdd<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    file: JByteBuffer<'local>,
    start: jint,
    len: jint,
    face: jint,
) -> jlong {
    entry(env, |env| {
        let bytes = Memory::of(env, "the picture", &file, start.into(), len.into())?;
        Ok(calls::donor_add(handle(session), bytes, bits(face))? as jlong)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_donorAddViews<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    spans: JLongArray<'local>,
    first: JByteBuffer<'local>,
    second: JByteBuffer<'local>,
    third: JByteBuffer<'local>,
    fourth: JByteBuffer<'local>,
    face: jint,
) -> jlong {
    entry(env, |env| {
        // Where each begins, and how long it is.
        let mut numbers = [0_i64; 8];
        spans.get_region(env, 0, &mut numbers)?;
        let mut files = Vec::with_capacity(4);
        for (buffer, span) in [&first, &second, &third, &fourth]
            .into_iter()
            .zip(numbers.chunks(2))
        {
            if !buffer.is_null() {
                files.push(Memory::of(env, "the picture", buffer, span[0], span[1])?);
            }
        }
        Ok(calls::donor_add_views(handle(session), &files, bits(face))? as jlong)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_donorAddFrame<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    numbers: JLongArray<'local>,
    first: JByteBuffer<'local>,
    second: JByteBuffer<'local>,
    third: JByteBuffer<'local>,
    face: jint,
) -> jlong {
    entry(env, |env| {
        let frame = frame(env, &numbers, [&first, &second, &third])?;
        Ok(calls::donor_add_frame(handle(session), &frame, bits(face))? as jlong)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_donorFree<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    donor: jlong,
) {
    entry(env, |_| {
        answered(sys::moretta_donor_free(handle(donor))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_donorGive<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    slot: jint,
    donor: jlong,
) {
    entry(env, |_| {
        answered(sys::moretta_donor_give(
            handle(session),
            bits(slot),
            handle(donor),
        ))
        .map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_donorGiveAsEveryone<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    slot: jint,
) {
    entry(env, |_| {
        answered(sys::moretta_donor_give_as_everyone(handle(session), bits(slot))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_process<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    numbers: JLongArray<'local>,
    first: JByteBuffer<'local>,
    second: JByteBuffer<'local>,
    third: JByteBuffer<'local>,
    picture: JByteBuffer<'local>,
    start: jint,
    len: jint,
    format: jint,
    row_stride: jint,
    result: JLongArray<'local>,
) {
    entry(env, |env| {
        let frame = frame(env, &numbers, [&first, &second, &third])?;
        let picture = Memory::of(env, "the picture", &picture, start.into(), len.into())?;
        let row_stride = size("the picture's row stride", row_stride.into())?;
        let told = calls::process(handle(session), &frame, picture, bits(format), row_stride)?;
        tell(env, &told, &result)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_present<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    numbers: JLongArray<'local>,
    first: JByteBuffer<'local>,
    second: JByteBuffer<'local>,
    third: JByteBuffer<'local>,
    result: JLongArray<'local>,
) {
    entry(env, |env| {
        let frame = frame(env, &numbers, [&first, &second, &third])?;
        let told = calls::present(handle(session), &frame)?;
        tell(env, &told, &result)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_submit<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    numbers: JLongArray<'local>,
    first: JByteBuffer<'local>,
    second: JByteBuffer<'local>,
    third: JByteBuffer<'local>,
) -> jlong {
    entry(env, |env| {
        let frame = frame(env, &numbers, [&first, &second, &third])?;
        Ok(calls::submit(handle(session), &frame)?.cast_signed())
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_poll<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    timeout_ms: jint,
    result: JLongArray<'local>,
) -> jint {
    entry(env, |env| {
        let patience = u32::try_from(timeout_ms).map_err(|_| Fault::Number {
            what: "the timeout in milliseconds",
            expected: i32::MAX as u64,
            found: timeout_ms.into(),
        })?;
        let Some(told) = calls::poll(handle(session), patience)? else {
            return Ok(sys::STATUS_EMPTY);
        };
        tell(env, &told, &result)?;
        Ok(sys::STATUS_OK)
    })
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_surfaceAttach<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    surface: JObject<'local>,
    width: jint,
    height: jint,
    fit: jint,
    flags: jint,
) {
    entry(env, |env| {
        let how = Showing {
            width: bits(width),
            height: bits(height),
            fit: bits(fit),
            flags: bits(flags),
        };
        window::attach(env, handle(session), &surface, how)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_surfaceResize<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    width: jint,
    height: jint,
) {
    entry(env, |_| {
        let status = sys::moretta_surface_resize(handle(session), bits(width), bits(height));
        answered(status).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_surfaceDetach<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) {
    entry(env, |_| window::detach(handle(session)));
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_pause<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) {
    entry(env, |_| answered(sys::moretta_pause(handle(session))).map(drop));
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_resume<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) {
    entry(env, |_| answered(sys::moretta_resume(handle(session))).map(drop));
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_trimMemory<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
) {
    entry(env, |_| {
        answered(sys::moretta_trim_memory(handle(session))).map(drop)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_wipeAll<'local>(env: EnvUnowned<'local>, _class: JClass<'local>) {
    entry(env, |_| answered(sys::moretta_wipe_all()).map(drop));
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_statistics<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    out: JLongArray<'local>,
) {
    entry(env, |env| {
        let it = calls::statistics(handle(session))?;
        let numbers = [
            it.quality.into(),
            it.frames,
            it.failed,
            it.dropped,
            it.wipes,
            it.locked_bytes,
            it.last_track_ns,
            it.last_draw_ns,
            it.last_whole_ns,
            it.mean_track_ns,
            it.mean_draw_ns,
            it.mean_whole_ns,
        ]
        .map(u64::cast_signed);
        Ok(out.set_region(env, 0, &numbers)?)
    });
}

#[unsafe(no_mangle)]
extern "system" fn Java_dev_moretta_Native_report<'local>(
    env: EnvUnowned<'local>,
    _class: JClass<'local>,
    session: jlong,
    form: jint,
) -> JString<'local> {
    entry(env, |env| {
        let report = calls::report(handle(session), bits(form))?;
        Ok(env.new_string(report)?)
    })
}
