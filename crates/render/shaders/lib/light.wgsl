// lib/light: what the frame tells of the light that it was taken in.
//
// Needs     lib/colour, lib/scene.
// Spaces    CameraMm for directions.
// Colours   linear.
// Source    The mean of a picture stands for a grey that reflects 18 % of the light: the grey-world rule, and the
//           exposure that cameras aim at (ISO 12232, ISO 2720).

struct Light {
    /// What a white surface shows that faces the light.
    colour: vec3<f32>,
    /// Where most of it comes from.
    direction: vec3<f32>,
}

/// The light as the four quarters of the frame show it.
fn frame_light() -> Light {
    let top_left = textureLoad(light, vec2<i32>(0, 0), 0).rgb;
    let top_right = textureLoad(light, vec2<i32>(1, 0), 0).rgb;
    let bottom_left = textureLoad(light, vec2<i32>(0, 1), 0).rgb;
    let bottom_right = textureLoad(light, vec2<i32>(1, 1), 0).rgb;
    let mean = 0.25 * (top_left + top_right + bottom_left + bottom_right);
    let level = luminance(mean);
    // Half of a cast is taken for the light's, half for that of the things in the picture.
    let tint = mix(vec3<f32>(1.0), mean / max(level, 1e-3), 0.5);
    let across = luminance(top_right + bottom_right - top_left - bottom_left);
    let upwards = luminance(top_left + top_right - bottom_left - bottom_right);
    let lean = vec2<f32>(across, upwards) / max(4.0 * level, 1e-3);
    var result: Light;
    result.colour = tint * clamp(level / 0.18, 0.1, 1.25);
    result.direction = normalize(vec3<f32>(2.0 * lean.x, 0.4 + 2.0 * lean.y, 1.0));
    return result;
}
