// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package androidx.camera.lifecycle;

public final class ProcessCameraProvider {
    public static com.google.common.util.concurrent.ListenableFuture<ProcessCameraProvider> getInstance(
            android.content.Context context) {
        throw new UnsupportedOperationException();
    }

    public void unbindAll() {}

    public androidx.camera.core.Camera bindToLifecycle(
            androidx.lifecycle.LifecycleOwner owner,
            androidx.camera.core.CameraSelector selector,
            androidx.camera.core.UseCase... useCases) {
        throw new UnsupportedOperationException();
    }
}
