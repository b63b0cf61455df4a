// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.view;

public class SurfaceView extends View {
    public SurfaceView(android.content.Context context) {}

    public SurfaceHolder getHolder() {
        throw new UnsupportedOperationException();
    }
}
