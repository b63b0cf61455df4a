// prop: a model attached to the head, of metal or not, more or less rough, in the light of the frame.
//
// Spaces    the model's, CameraMm, clip space. The camera is at the origin of CameraMm.
// Colours   linear; out premultiplied. The base colour's image is premultiplied where the material blends.
// Bindings  group 2 material: 0 `Material`; 1, 2 base colour; 3, 4 metallic (blue) and roughness (green); 5, 6 normals;
//           7, 8 emission.
// Source    glTF 2.0, appendix B, "BRDF Implementation". The visibility term: E. Heitz, "Understanding the
//           Masking-Shadowing Function in Microfacet-Based BRDFs", JCGT 3(2), 2014, eq. 99. The environment's share: B.
//           Karis, "Physically Based Shading on Mobile", 2014. Tangents from derivatives: C. Schüler, "Normal Mapping
//           Without Precomputed Tangents", ShaderX5, 2006. Edges that do not glitter: Y. Tokuyoshi, A. S. Kaplanyan,
//           "Improved Geometric Specular Antialiasing", I3D 2019, with their variance and threshold.

struct Material {
    /// Straight.
    base_colour: vec4<f32>,
    /// Red, green, blue, and how much the normals lean.
    emissive: vec4<f32>,
    /// Metallic, roughness, the alpha below which there is nothing, and 1 if alpha is how much is seen, else 0.
    factors: vec4<f32>,
}

@group(2) @binding(0) var<uniform> material: Material;
@group(2) @binding(1) var base_image: texture_2d<f32>;
@group(2) @binding(2) var base_sampler: sampler;
@group(2) @binding(3) var rough_image: texture_2d<f32>;
@group(2) @binding(4) var rough_sampler: sampler;
@group(2) @binding(5) var normal_image: texture_2d<f32>;
@group(2) @binding(6) var normal_sampler: sampler;
@group(2) @binding(7) var emissive_image: texture_2d<f32>;
@group(2) @binding(8) var emissive_sampler: sampler;

struct Vertex {
    @location(0) position: vec3<f32>,
    @location(1) normal: vec3<f32>,
    @location(2) uv: vec2<f32>,
}

struct Morphs {
    @location(3) position_0: vec3<f32>,
    @location(4) normal_0: vec3<f32>,
    @location(5) position_1: vec3<f32>,
    @location(6) normal_1: vec3<f32>,
    @location(7) position_2: vec3<f32>,
    @location(8) normal_2: vec3<f32>,
    @location(9) position_3: vec3<f32>,
    @location(10) normal_3: vec3<f32>,
}

struct Varying {
    @builtin(position) clip: vec4<f32>,
    @location(0) place_mm: vec3<f32>,
    @location(1) normal: vec3<f32>,
    @location(2) uv: vec2<f32>,
    @location(3) light_colour: vec3<f32>,
    @location(4) light_direction: vec3<f32>,
    @location(5) @interpolate(flat) opacity: f32,
}

fn placed(position: vec3<f32>, normal: vec3<f32>, uv: vec2<f32>) -> Varying {
    let place = prop.camera_from_model * vec4<f32>(position, 1.0);
    let found = frame_light();
    var result: Varying;
    result.clip = frame.clip_from_camera * place;
    result.place_mm = place.xyz;
    // The scale is the same on all axes, so that it only changes the length.
    result.normal = (prop.camera_from_model * vec4<f32>(normal, 0.0)).xyz;
    result.uv = uv;
    result.light_colour = found.colour;
    result.light_direction = found.direction;
    result.opacity = prop.look.x;
    return result;
}

@vertex
fn vs_prop(vertex: Vertex) -> Varying {
    return placed(vertex.position, vertex.normal, vertex.uv);
}

@vertex
fn vs_morphed(vertex: Vertex, morphs: Morphs) -> Varying {
    let w = prop.weights;
    let position = vertex.position + w.x * morphs.position_0 + w.y * morphs.position_1
        + w.z * morphs.position_2 + w.w * morphs.position_3;
    let normal = vertex.normal + w.x * morphs.normal_0 + w.y * morphs.normal_1
        + w.z * morphs.normal_2 + w.w * morphs.normal_3;
    return placed(position, normal, vertex.uv);
}

/// `vector` with length 1, or `otherwise` if it has none.
fn unit(vector: vec3<f32>, otherwise: vec3<f32>) -> vec3<f32> {
    let squared = dot(vector, vector);
    return select(otherwise, vector * inverseSqrt(max(squared, 1e-30)), squared > 1e-20);
}

/// The normal that leans as the image says: u is its x, against v is its y.
fn leaning(normal: vec3<f32>, place: vec3<f32>, uv: vec2<f32>, image: vec3<f32>) -> vec3<f32> {
    let place_x = dpdx(place);
    let place_y = dpdy(place);
    let uv_x = dpdx(uv);
    let uv_y = dpdy(uv);
    let across_x = cross(normal, place_x);
    let across_y = cross(place_y, normal);
    // Up to a common factor, the directions in which u and v grow. Its sign is that of the area.
    let turn = select(-1.0, 1.0, dot(across_x, place_y) > 0.0);
    let along_u = turn * (across_y * uv_x.x + across_x * uv_y.x);
    let along_v = turn * (across_y * uv_x.y + across_x * uv_y.y);
    let scale = inverseSqrt(max(max(dot(along_u, along_u), dot(along_v, along_v)), 1e-30));
    let lean = (image * 2.0 - 1.0) * vec3<f32>(material.emissive.a, material.emissive.a, 1.0);
    return unit(along_u * scale * lean.x - along_v * scale * lean.y + normal * lean.z, normal);
}

@fragment
fn fs_prop(in: Varying, @builtin(front_facing) front: bool) -> @location(0) vec4<f32> {
    let base = textureSample(base_image, base_sampler, in.uv);
    let rough = textureSample(rough_image, rough_sampler, in.uv);
    let bump = textureSample(normal_image, normal_sampler, in.uv).xyz;
    let glow = textureSample(emissive_image, emissive_sampler, in.uv).rgb;

    let view = unit(-in.place_mm, vec3<f32>(0.0, 0.0, 1.0));
    let outward = unit(in.normal, view) * select(-1.0, 1.0, front);
    let n = leaning(outward, in.place_mm, in.uv, bump);

    // 1. What it is made of.
    // No branch on a number of the material alone: Mesa's software device compiles a shader anew for each value of one.
    let blends = material.factors.w;
    let straight = base.rgb / mix(1.0, max(base.a, 1e-4), blends);
    let colour = material.base_colour.rgb * straight;
    let alpha = material.base_colour.a * base.a;
    if alpha < material.factors.z {
        discard;
    }
    let metallic = clamp(material.factors.x * rough.b, 0.0, 1.0);
    let smooth_roughness = clamp(material.factors.y * rough.g, 0.045, 1.0);
    // The surface that a pixel shows is rougher the more its normals differ.
    let n_x = dpdx(n);
    let n_y = dpdy(n);
    let bent = min(2.0 * 0.15915494 * (dot(n_x, n_x) + dot(n_y, n_y)), 0.18);
    let roughness = sqrt(sqrt(min(pow(smooth_roughness, 4.0) + bent, 1.0)));
    let diffuse = colour * (1.0 - metallic);
    let f0 = mix(vec3<f32>(0.04), colour, metallic);

    // 2. The light that comes from one side: two thirds of it.
    let l = in.light_direction;
    let h = unit(l + view, n);
    let nl = clamp(dot(n, l), 0.0, 1.0);
    let nv = clamp(abs(dot(n, view)), 1e-3, 1.0);
    let nh = clamp(dot(n, h), 0.0, 1.0);
    let vh = clamp(dot(view, h), 0.0, 1.0);
    let a = roughness * roughness;
    let a2 = a * a;
    let spread = nh * nh * (a2 - 1.0) + 1.0;
    let d = a2 / (spread * spread);
    let v = 0.5 / max(nl * sqrt(nv * nv * (1.0 - a2) + a2) + nv * sqrt(nl * nl * (1.0 - a2) + a2), 1e-4);
    let fresnel = f0 + (1.0 - f0) * pow(1.0 - vh, 5.0);
    let direct = (diffuse * (1.0 - fresnel) + fresnel * d * v) * nl * 0.66;

    // 3. The light from all round, more from above: the rest.
    let above = 0.5 + 0.5 * n.y;
    let r = reflect(-view, n);
    let mirrored = mix(0.25, 1.0, smoothstep(-0.6, 0.8, mix(r.y, n.y, roughness)))
        + 0.6 * pow(clamp(dot(r, l) * 0.5 + 0.5, 0.0, 1.0), mix(24.0, 2.0, roughness));
    let c0 = vec4<f32>(-1.0, -0.0275, -0.572, 0.022);
    let c1 = vec4<f32>(1.0, 0.0425, 1.04, -0.04);
    let q = roughness * c0 + c1;
    let share = min(q.x * q.x, exp2(-9.28 * nv)) * q.x + q.y;
    let f_ab = vec2<f32>(-1.04, 1.04) * share + q.zw;
    let around = diffuse * mix(0.25, 0.45, above) + (f0 * f_ab.x + f_ab.y) * mirrored;

    let shown = (direct + around) * in.light_colour + material.emissive.rgb * glow;
    let seen = mix(1.0, alpha, blends) * in.opacity;
    return vec4<f32>(clamp(shown, vec3<f32>(0.0), vec3<f32>(1.0)) * seen, seen);
}
