// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.content.res;

public final class AssetManager {
    public java.io.InputStream open(String name) throws java.io.IOException {
        throw new UnsupportedOperationException();
    }
}
