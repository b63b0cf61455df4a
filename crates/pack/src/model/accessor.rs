//! Numbers out of buffers.

use gltf::json::accessor::{Accessor, ComponentType, Type};
use gltf::json::buffer;
use gltf::json::validation::Checked;
use gltf::json::{Index, accessor::sparse::Sparse};

use super::Source;
use crate::error::PackError;
use crate::limits::MAX_VERTICES;
use crate::read::Pointer;

/// The most elements of an accessor: three indices for each triangle there may be.
const MAX_ELEMENTS: usize = 3 * crate::limits::MAX_TRIANGLES;
const _: () = assert!(MAX_ELEMENTS >= MAX_VERTICES);

/// How the elements of an accessor lie in their bytes.
#[derive(Clone, Copy)]
struct Layout {
    components: usize,
    kind: ComponentType,
    normalized: bool,
}

impl Layout {
    const fn size(self) -> usize {
        self.components * width(self.kind)
    }
}

const fn width(kind: ComponentType) -> usize {
    match kind {
        ComponentType::I8 | ComponentType::U8 => 1,
        ComponentType::I16 | ComponentType::U16 => 2,
        ComponentType::U32 | ComponentType::F32 => 4,
    }
}

impl Source<'_> {
    /// The vectors of `N` numbers that the accessor named at `place` holds.
    pub(super) fn vectors<const N: usize>(
        &self,
        accessor: Index<Accessor>,
        place: &Pointer<'_>,
    ) -> Result<Vec<[f32; N]>, PackError> {
        let flat = self.elements(accessor, N, place, |bytes, layout| read(bytes, layout))?;
        Ok(flat.as_chunks().0.to_vec())
    }

    /// The whole numbers that the accessor named at `place` holds, `N` an element.
    pub(super) fn whole_numbers<const N: usize>(
        &self,
        accessor: Index<Accessor>,
        place: &Pointer<'_>,
    ) -> Result<Vec<[u32; N]>, PackError> {
        let found = self.element(&self.root.accessors, "accessors", accessor.value(), place)?;
        if let Checked::Valid(kind) = &found.component_type
            && !matches!(
                kind.0,
                ComponentType::U8 | ComponentType::U16 | ComponentType::U32
            )
        {
            return Err(self.wrong(place, "an accessor of unsigned whole numbers", "another"));
        }
        let flat = self.elements(accessor, N, place, |bytes, layout| read_whole(bytes, layout.kind))?;
        Ok(flat.as_chunks().0.to_vec())
    }

    /// The components of an accessor one after another, each as `read` says.
    fn elements<T: Copy + Default>(
        &self,
        accessor: Index<Accessor>,
        components: usize,
        place: &Pointer<'_>,
        read: impl Fn(&[u8], Layout) -> T,
    ) -> Result<Vec<T>, PackError> {
        let list = Pointer::Root.key("accessors");
        let own = list.item(accessor.value());
        let accessor = self.element(&self.root.accessors, "accessors", accessor.value(), place)?;
        let (Checked::Valid(shape), Checked::Valid(kind)) = (accessor.type_, accessor.component_type) else {
            return Err(self.wrong(&own, "a type and a componentType of glTF 2.0", "another"));
        };
        if shape.multiplicity() != components || matches!(shape, Type::Mat2 | Type::Mat3) {
            let expected = format!("{components} numbers an element, for {place},");
            return Err(self.wrong(&own.key("type"), expected, shape.multiplicity()));
        }
        let layout = Layout {
            components,
            kind: kind.0,
            normalized: accessor.normalized,
        };
        let count = usize::try_from(accessor.count.0).unwrap_or(usize::MAX);
        if !(1..=MAX_ELEMENTS).contains(&count) {
            let expected = format!("1 to {MAX_ELEMENTS} elements");
            return Err(self.wrong(&own.key("count"), expected, count));
        }
        let mut numbers = match accessor.buffer_view {
            None if accessor.sparse.is_some() => vec![T::default(); count * components],
            None => return Err(self.wrong(&own, "a bufferView", "none")),
            Some(view) => {
                let offset = accessor.byte_offset.map_or(0, |offset| offset.0);
                let run = Run { view, offset, count };
                self.run(run, layout, &own, &read)?
            }
        };
        if let Some(sparse) = &accessor.sparse {
            self.replace(&mut numbers, sparse, layout, &own.key("sparse"), &read)?;
        }
        Ok(numbers)
    }

    /// Overwrites the elements that a sparse accessor lists.
    fn replace<T: Copy>(
        &self,
        numbers: &mut [T],
        sparse: &Sparse,
        layout: Layout,
        place: &Pointer<'_>,
        read: &impl Fn(&[u8], Layout) -> T,
    ) -> Result<(), PackError> {
        let total = numbers.len() / layout.components;
        let count = usize::try_from(sparse.count.0).unwrap_or(usize::MAX);
        if !(1..=total).contains(&count) {
            let expected = format!("1 to {total} elements");
            return Err(self.wrong(&place.key("count"), expected, count));
        }
        let Checked::Valid(kind) = sparse.indices.component_type else {
            return Err(self.wrong(place, "indices of unsigned whole numbers", "others"));
        };
        let scalar = Layout {
            components: 1,
            kind: kind.0,
            normalized: false,
        };
        let run = |view, offset| Run { view, offset, count };
        let indices = run(sparse.indices.buffer_view, sparse.indices.byte_offset.0);
        let indices = self.run(indices, scalar, &place.key("indices"), &|bytes, layout| {
            read_whole(bytes, layout.kind)
        })?;
        let values = run(sparse.values.buffer_view, sparse.values.byte_offset.0);
        let values = self.run(values, layout, &place.key("values"), read)?;
        for (index, value) in indices.iter().zip(values.chunks_exact(layout.components)) {
            let start = *index as usize * layout.components;
            let Some(element) = numbers.get_mut(start..start + layout.components) else {
                let expected = format!("indices under {total}");
                return Err(self.wrong(&place.key("indices"), expected, index));
            };
            element.copy_from_slice(value);
        }
        Ok(())
    }

    /// The components of a run of elements in a view.
    fn run<T>(
        &self,
        run: Run,
        layout: Layout,
        place: &Pointer<'_>,
        read: &impl Fn(&[u8], Layout) -> T,
    ) -> Result<Vec<T>, PackError> {
        let bytes = self.view(run.view, &place.key("bufferView"))?;
        let stride = self.root.buffer_views[run.view.value()]
            .byte_stride
            .map_or(layout.size(), |stride| stride.0);
        if stride < layout.size() {
            let expected = format!("a byteStride of {} or more", layout.size());
            return Err(self.wrong(place, expected, stride));
        }
        // In u128 nothing overflows; what is over the view is refused.
        let end = u128::from(run.offset) + (run.count as u128 - 1) * stride as u128 + layout.size() as u128;
        if end > bytes.len() as u128 {
            let expected = format!("{end} bytes in the bufferView");
            return Err(self.wrong(place, expected, bytes.len()));
        }
        let first = run.offset as usize;
        let mut numbers = Vec::with_capacity(run.count * layout.components);
        for element in 0..run.count {
            let start = first + element * stride;
            let element = &bytes[start..start + layout.size()];
            numbers.extend(
                element
                    .chunks_exact(width(layout.kind))
                    .map(|it| read(it, layout)),
            );
        }
        Ok(numbers)
    }

    /// The bytes of the buffer view named at `place`.
    pub(super) fn view(&self, view: Index<buffer::View>, place: &Pointer<'_>) -> Result<&[u8], PackError> {
        let list = Pointer::Root.key("bufferViews");
        let own = list.item(view.value());
        let view = self.element(&self.root.buffer_views, "bufferViews", view.value(), place)?;
        let bytes = self.element(&self.buffers, "buffers", view.buffer.value(), &own.key("buffer"))?;
        let start = view.byte_offset.map_or(0, |offset| offset.0);
        let end = start.checked_add(view.byte_length.0);
        let range = end.and_then(|end| Some(usize::try_from(start).ok()?..usize::try_from(end).ok()?));
        range.and_then(|range| bytes.get(range)).ok_or_else(|| {
            let expected = format!("bytes within the {} of the buffer", bytes.len());
            let found = format!("{} from {start} on", view.byte_length.0);
            self.wrong(&own, expected, found)
        })
    }
}

/// Elements one after another in a view.
#[derive(Clone, Copy)]
struct Run {
    view: Index<buffer::View>,
    offset: u64,
    count: usize,
}

/// One component as a number.
///
/// # Source
/// glTF 2.0, section 3.11, "Animations", and 3.7.2.1: the formulas of normalised integers.
fn read(bytes: &[u8], layout: Layout) -> f32 {
    let scaled = |number: f32, most: f32| {
        if layout.normalized {
            (number / most).max(-1.0)
        } else {
            number
        }
    };
    match (layout.kind, bytes) {
        (ComponentType::I8, &[a]) => scaled(f32::from(a as i8), 127.0),
        (ComponentType::U8, &[a]) => scaled(f32::from(a), 255.0),
        (ComponentType::I16, &[a, b]) => scaled(f32::from(i16::from_le_bytes([a, b])), 32_767.0),
        (ComponentType::U16, &[a, b]) => scaled(f32::from(u16::from_le_bytes([a, b])), 65_535.0),
        (ComponentType::U32, &[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]) as f32,
        (ComponentType::F32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
        _ => f32::NAN,
    }
}

fn read_whole(bytes: &[u8], kind: ComponentType) -> u32 {
    match (kind, bytes) {
        (ComponentType::U8, &[a]) => u32::from(a),
        (ComponentType::U16, &[a, b]) => u32::from(u16::from_le_bytes([a, b])),
        (ComponentType::U32, &[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => u32::MAX,
    }
}
