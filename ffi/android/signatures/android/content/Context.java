// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.content;

public class Context {
    public android.content.res.AssetManager getAssets() {
        throw new UnsupportedOperationException();
    }

    public int checkSelfPermission(String permission) {
        throw new UnsupportedOperationException();
    }
}
