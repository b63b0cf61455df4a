//! What brings a finished picture to its targets, and what must hold before.

use crate::block::MAX_TARGETS;
use crate::canvas::Shape;
use crate::compose::{Composition, Finished};
use crate::input::Shot;
use crate::looks::Looks;
use crate::readback::Readback;
use crate::renderer::Shared;
use crate::target::Target;
use crate::timing::Clock;
use crate::{RenderError, WindowSurface};

/// Records what brings the finished picture to each target, and notes the numbers of those that are read back.
pub(crate) fn record_targets(
    encoder: &mut wgpu::CommandEncoder,
    composition: &Composition<'_>,
    finished: Finished,
    clock: &mut Option<Clock>,
    readback: &mut Readback,
    (targets, windows): (&[Target<'_>], &[Option<wgpu::SurfaceTexture>; MAX_TARGETS]),
    asked: &mut [u64; MAX_TARGETS],
) {
    let canvas = composition.canvas;
    let size = canvas.shape.upright;
    // Once a scene is there, it holds the plate.
    let mut finished = finished;
    for (place, target) in targets.iter().enumerate() {
        let (view, format) = match target {
            Target::Pixels(_) | Target::Later(_) => {
                let picture = match finished {
                    Finished::Plate => &canvas.plate.texture,
                    Finished::Scene(scene) => match &canvas.scenes[scene] {
                        Some(scene) => &scene.picture.texture,
                        None => &canvas.plate.texture,
                    },
                };
                asked[place] = readback.copy(encoder, picture, size);
                continue;
            }
            Target::Texture { view, format, .. } => ((*view).clone(), *format),
            Target::Window { surface, .. } => match &windows[place] {
                Some(picture) => {
                    let objects = composition.shared.gpu.objects();
                    (objects.view(&picture.texture), surface.format())
                }
                None => continue,
            },
        };
        let scene = composition.as_scene(encoder, finished);
        finished = Finished::Scene(scene);
        let exact = target.placement().is_some_and(|(_, target)| target == size);
        composition.present(encoder, clock, scene, place, &view, (format, exact));
    }
}

/// Checks what can be checked before anything is done.
pub(crate) fn check(
    shared: &Shared,
    shot: &Shot<'_>,
    shape: Shape,
    looks: &Looks<'_>,
    targets: &[Target<'_>],
) -> Result<(), RenderError> {
    let max = shared.gpu.report().max_side_px;
    let within = |what, (width, height): (u32, u32)| {
        if width == 0 || height == 0 {
            Err(RenderError::Empty { what, width, height })
        } else if width > max || height > max {
            Err(RenderError::TooLarge {
                what,
                max,
                width,
                height,
            })
        } else {
            Ok(())
        }
    };
    within("the frame", shape.sensor)?;
    let camera = shot.camera.frame();
    if (camera.width(), camera.height()) != shape.upright {
        return Err(RenderError::Camera {
            expected: shape.upright,
            found: (camera.width(), camera.height()),
        });
    }
    if looks
        .all()
        .any(|(_, look)| !look.effect.loaded.gpu.is(&shared.gpu))
    {
        return Err(RenderError::OtherDevice { what: "the effect" });
    }
    if targets.len() > MAX_TARGETS {
        return Err(RenderError::TooManyTargets {
            expected: MAX_TARGETS,
            found: targets.len(),
        });
    }
    for target in targets {
        match target {
            Target::Pixels(pixels) => pixels.check(shape.upright)?,
            Target::Later(_) => {}
            Target::Texture { format, size_px, .. } => {
                within("the caller's texture", *size_px)?;
                let drawn = shared.gpu.adapter().get_texture_format_features(*format);
                let usages = drawn.allowed_usages;
                let colour = format.sample_type(None, None)
                    == Some(wgpu::TextureSampleType::Float { filterable: true });
                if !usages.contains(wgpu::TextureUsages::RENDER_ATTACHMENT)
                    || !colour
                    || !format.has_color_aspect()
                {
                    return Err(RenderError::TargetFormat {
                        found: format!("{format:?}"),
                    });
                }
            }
            Target::Window { surface, .. } => {
                if !WindowSurface::is_of(surface, &shared.gpu) {
                    return Err(RenderError::OtherDevice { what: "the window" });
                }
            }
        }
    }
    Ok(())
}
