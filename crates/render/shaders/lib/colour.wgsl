// lib/colour: from sRGB to linear light and back.
//
// Colours   straight; alpha is never touched.
// Source    IEC 61966-2-1; luminance: ITU-R BT.709-6, section 3.

fn linear_from_srgb(encoded: vec3<f32>) -> vec3<f32> {
    let low = encoded / 12.92;
    let high = pow((max(encoded, vec3<f32>(0.0)) + 0.055) / 1.055, vec3<f32>(2.4));
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
