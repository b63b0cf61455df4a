// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package androidx.camera.core;

public final class ImageAnalysis extends UseCase {
    public static final int STRATEGY_KEEP_ONLY_LATEST = 0;

    public interface Analyzer {
        void analyze(ImageProxy image);
    }

    public void setAnalyzer(java.util.concurrent.Executor executor, Analyzer analyzer) {}

    public static final class Builder {
        public Builder setBackpressureStrategy(int strategy) {
            return this;
        }

        public ImageAnalysis build() {
            throw new UnsupportedOperationException();
        }
    }
}
