// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package androidx.camera.core;

public interface ImageProxy extends AutoCloseable {
    void close();

    int getWidth();

    int getHeight();

    ImageInfo getImageInfo();

    PlaneProxy[] getPlanes();

    interface PlaneProxy {
        int getRowStride();

        int getPixelStride();

        java.nio.ByteBuffer getBuffer();
    }
}
