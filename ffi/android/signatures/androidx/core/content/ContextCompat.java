// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package androidx.core.content;

public class ContextCompat {
    public static java.util.concurrent.Executor getMainExecutor(android.content.Context context) {
        throw new UnsupportedOperationException();
    }
}
