package dev.moretta

import androidx.camera.core.ImageProxy

/**
 * Makes this the frame of an image of CameraX, as `ImageAnalysis` delivers it: `YUV_420_888`, or `RGBA_8888` if that was asked
 * for. Nothing is copied, so close the image after the call that takes the frame.
 *
 * @param mirror for a front camera, as in a mirror
 */
fun Frame.of(image: ImageProxy, mirror: Boolean): Frame {
    val planes = image.planes
    set(
        if (planes.size == 1) Format.RGBA8 else Format.YUV_420_888,
        image.width,
        image.height,
        image.imageInfo.rotationDegrees,
        image.imageInfo.timestamp,
        mirror
    )
    for (index in planes.indices) {
        val plane = planes[index]
        plane(index, plane.buffer, plane.rowStride, plane.pixelStride)
    }
    return this
}
