// lib/colour: from sRGB to linear light and back.
//
// Colours   straight; alpha is never touched.
// Source    IEC 61966-2-1; luminance: ITU-R BT.709-6, section 3.

/// The power, ((encoded + 0.055) / 1.055)^2.4, by its minimax polynomial of the fifth degree from 0.04045 to 1 with errors weighed
/// by the inverse of its slope: at most 0.013 of one level of 255 off. Powers are what shaders in software spend their time on.
fn linear_from_srgb(encoded: vec3<f32>) -> vec3<f32> {
    let low = encoded / 12.92;
    var high = encoded * 0.087282449 - 0.30737782;
    high = high * encoded + 0.66716087;
    high = high * encoded + 0.51938188;
    high = high * encoded + 0.032746095;
    high = high * encoded + 0.00091688993;
    return select(high, low, encoded <= vec3<f32>(0.04045));
}

fn srgb_from_linear(linear: vec3<f32>) -> vec3<f32> {
    let light = clamp(linear, vec3<f32>(0.0), vec3<f32>(1.0));
    let low = light * 12.92;
    let high = 1.055 * pow(light, vec3<f32>(1.0 / 2.4)) - 0.055;
    return select(high, low, light <= vec3<f32>(0.0031308));
}

fn luminance(linear: vec3<f32>) -> f32 {
    return dot(linear, vec3<f32>(0.2126, 0.7152, 0.0722));
}
