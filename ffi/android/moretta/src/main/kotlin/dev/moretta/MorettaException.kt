package dev.moretta

/**
 * What went wrong, as one of [Status] and in words. It holds nothing of a face.
 *
 * Made by the native half, hence its form.
 */
class MorettaException(val status: Int, message: String) : RuntimeException(message)
