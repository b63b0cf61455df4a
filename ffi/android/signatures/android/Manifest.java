// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android;

public final class Manifest {
    public static final class permission {
        public static final String CAMERA = "android.permission.CAMERA";
    }
}
