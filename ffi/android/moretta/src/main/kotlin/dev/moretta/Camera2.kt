package dev.moretta

import android.media.Image

/**
 * Makes this the frame of an image of Camera2, `ImageFormat.YUV_420_888`: nothing is copied, so close the image after the call
 * that takes the frame.
 *
 * @param rotationDegrees clockwise, to bring the image upright: of a back camera the sensor's orientation less the display's
 * rotation, of a front camera their sum
 * @param mirror for a front camera, as in a mirror
 */
fun Frame.of(image: Image, rotationDegrees: Int, mirror: Boolean): Frame {
    set(Format.YUV_420_888, image.width, image.height, rotationDegrees, image.timestamp, mirror)
    val planes = image.planes
    for (index in planes.indices) {
        val plane = planes[index]
        plane(index, plane.buffer, plane.rowStride, plane.pixelStride)
    }
    return this
}
