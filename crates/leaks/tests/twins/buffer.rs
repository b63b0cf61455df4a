//! Beside the attempts in `tests/fail/buffer`: the same, done rightly.

#![forbid(unsafe_code)]

use crate::stage::{Echo, answer, on_the_face_thread};
use moretta_veil::{Access, FaceBuffer, Keep, Reserve, VeilError};
use std::borrow::Borrow;
use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;
use std::{fmt, thread};

#[test]
fn buffer_copied() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let copy: FaceBuffer<f32> = access.reserve(Keep::Frame, buffer.len()).unwrap();
        assert_eq!(copy.len(), buffer.len());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn debug_of_a_buffer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let text = format!("{:?}", buffer.len());
        assert!(!text.is_empty());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_in_the_log() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        log::info!("{}", buffer.len());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_in_a_trace() {
    fn trace(value: &dyn fmt::Debug) {
        tracing::info!(?value);
    }
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        trace(&buffer.len());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn element_by_index() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let first = buffer.view(access)[0];
        assert_eq!(first, 0.0);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_as_a_slice() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view: &[f32] = buffer.view(access);
        assert_eq!(view.len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_as_ref() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view = AsRef::<[f32]>::as_ref(buffer.view(access));
        assert_eq!(view.len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_borrowed() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view = <[f32] as Borrow<[f32]>>::borrow(buffer.view(access));
        assert_eq!(view.len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_into_a_list() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let list = Vec::<f32>::from([0.0; 4]);
        assert_eq!(list.len(), buffer.len());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn loop_over_a_buffer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        for number in buffer.view(access) {
            let _ = number;
        }
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn address_of_a_buffer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let address = buffer.view(access).as_ptr();
        assert!(!address.is_null());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn hash_of_a_buffer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mut hasher = DefaultHasher::new();
        Hash::hash(&buffer.len(), &mut hasher);
        assert_ne!(hasher.finish(), 0);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffers_compared() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        let same = buffer.len() == other.len();
        assert!(same);
    }
    on_the_face_thread(leak);
}

#[test]
fn buffers_ordered() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        let order = PartialOrd::partial_cmp(&buffer.len(), &other.len());
        assert!(order.is_some());
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_serialized() {
    fn wire(_: &impl serde::Serialize) {}
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        wire(&buffer.len());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_in_rkyv() {
    fn archive(_: &impl rkyv::Archive) {}
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        archive(&1.5_f32);
        let _ = (buffer, access);
    }
    on_the_face_thread(leak);
}

#[test]
fn bytes_of_a_buffer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let bytes = bytemuck::cast_slice::<f32, u8>(buffer.view(access));
        assert!(!bytes.is_empty());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_transmuted() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let words: [usize; 3] = [buffer.len(), 0, 0];
        let _ = (words, buffer, access);
    }
    on_the_face_thread(leak);
}

#[test]
fn region_of_a_buffer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let region = &buffer.view(access);
        let _ = (region, access);
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_made_longer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let longer: FaceBuffer<f32> = access.reserve(Keep::Frame, 1 << 20).unwrap();
        assert_eq!(longer.len(), 1 << 20);
        let _ = (buffer, access);
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_taken_apart() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let _: &FaceBuffer<f32> = &*buffer;
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_by_default() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(other.len(), buffer.len());
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_to_a_thread() {
    trait Elsewhere: Send + Sized {
        fn elsewhere(self) {
            thread::scope(|scope| {
                scope.spawn(move || drop(self));
            });
        }
    }
    impl<T: Send> Elsewhere for T {}
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        other.len().elsewhere();
        assert_eq!(buffer.len(), 4);
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_shared_with_a_thread() {
    trait Elsewhere: Send + Sized {
        fn elsewhere(self) {
            thread::scope(|scope| {
                scope.spawn(move || drop(self));
            });
        }
    }
    impl<T: Send> Elsewhere for T {}
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let shared: &FaceBuffer<f32> = buffer;
        shared.len().elsewhere();
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn access_to_a_thread() {
    fn beside(work: impl FnOnce() + Send) {
        thread::scope(|scope| scope.spawn(work).join().unwrap());
    }
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        drop(access.reserve::<f32>(Keep::Frame, 4));
        beside(|| assert_eq!([0.0; 4].len(), 4));
        let _ = (buffer, access);
    }
    on_the_face_thread(leak);
}

#[test]
fn buffer_of_strings() {
    struct Tensors {
        other: FaceBuffer<[u8; 16]>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_boxes() {
    struct Tensors {
        other: FaceBuffer<f32>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_lists() {
    struct Tensors {
        other: FaceBuffer<[f32; 2]>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_references() {
    struct Tensors {
        other: FaceBuffer<f32>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_pointers() {
    struct Tensors {
        other: FaceBuffer<usize>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_bools() {
    struct Tensors {
        other: FaceBuffer<u8>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_options() {
    struct Tensors {
        other: FaceBuffer<u32>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_cells() {
    struct Tensors {
        other: FaceBuffer<f32>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn buffer_of_functions() {
    struct Tensors {
        other: FaceBuffer<u64>,
    }
    on_the_face_thread(|_, access| {
        let other = access.reserve(Keep::Frame, 4).unwrap();
        assert_eq!(Tensors { other }.other.len(), 4);
    });
}

#[test]
fn view_without_access() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view = buffer.view(access);
        assert_eq!(view.len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn view_in_the_build() {
    fn leak(room: &Reserve<'_>) -> Result<usize, VeilError> {
        let buffer = room.reserve::<u8>(Keep::Session, 4)?;
        Ok(buffer.len())
    }
    assert!(
        answer(|room| {
            assert_eq!(leak(room).expect("four bytes"), 4);
            Echo
        })
        .is_ok()
    );
}

#[test]
fn view_by_another_leave() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let view = buffer.view(access);
        assert_eq!(view.len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn access_forged() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mine: &Access<'_> = access;
        assert_eq!(buffer.view(mine).len(), 4);
    }
    on_the_face_thread(leak);
}

#[test]
fn access_by_default() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mine: &Access<'_> = access;
        assert_eq!(buffer.view(mine).len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn access_copied() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let mine: &Access<'_> = access;
        assert_eq!(buffer.view(mine).len(), 4);
    }
    on_the_face_thread(leak);
}

#[test]
fn debug_of_an_access() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let text = format!("{:?}", size_of_val(access));
        assert!(!text.is_empty());
        let _ = buffer;
    }
    on_the_face_thread(leak);
}

#[test]
fn registry_of_an_access() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let registry = access;
        let _ = (registry, buffer);
    }
    on_the_face_thread(leak);
}

#[test]
fn view_past_the_call() {
    fn leak<'v>(buffer: &'v mut FaceBuffer<f32>, access: &'v Access<'v>) -> &'v [f32] {
        buffer.view(access)
    }
    on_the_face_thread(|buffer, access| assert_eq!(leak(buffer, access).len(), 4));
}

#[test]
fn view_in_a_thread_local() {
    thread_local! {
    static LAST: Cell<&'static [f32]> = const { Cell::new(&[]) };
    }
    fn leak<'v>(buffer: &'v mut FaceBuffer<f32>, access: &'v Access<'v>) {
        LAST.set(&[0.0; 4]);
        assert_eq!(buffer.len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn view_in_a_static() {
    static LAST: OnceLock<&'static [f32]> = OnceLock::new();
    fn leak<'v>(buffer: &'v mut FaceBuffer<f32>, access: &'v Access<'v>) {
        LAST.set(&[0.0; 4]).unwrap();
        assert_eq!(buffer.len(), 4);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn access_in_a_thread_local() {
    thread_local! {
    static LAST: Cell<*const Access<'static>> = const { Cell::new(std::ptr::null()) };
    }
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        assert!(LAST.get().is_null());
        let _ = (buffer, access);
    }
    on_the_face_thread(leak);
}

#[test]
fn two_writers() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let first = buffer.view_mut(access);
        first[0] = 1.5;
        let second = buffer.view_mut(access);
        second[0] = 2.5;
    }
    on_the_face_thread(leak);
}

#[test]
fn reader_beside_a_writer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let writer = buffer.view_mut(access);
        writer[0] = 1.5;
        let reader = buffer.view(access);
        assert_eq!(reader.len(), 4);
    }
    on_the_face_thread(leak);
}

#[test]
fn writer_through_a_shared_handle() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let shared = &*buffer;
        assert_eq!(shared.view(access)[0], 0.0);
        let _ = access;
    }
    on_the_face_thread(leak);
}

#[test]
fn view_written() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        buffer.view_mut(access)[0] = 1.5;
    }
    on_the_face_thread(leak);
}

#[test]
fn view_past_its_buffer() {
    fn leak(buffer: &mut FaceBuffer<f32>, access: &Access<'_>) {
        let other: FaceBuffer<f32> = access.reserve(Keep::Frame, 4).unwrap();
        let view = other.view(access);
        assert_eq!(view.len(), 4);
        drop(other);
        assert_eq!(buffer.len(), 4);
    }
    on_the_face_thread(leak);
}
