// Signatures for compiling without the Android SDK, as cargo xtask test-ffi does. In no package; they do nothing.
package android.app;

public class AlertDialog {
    public static class Builder {
        public Builder(android.content.Context context) {}

        public Builder setMessage(CharSequence message) {
            return this;
        }

        public Builder setPositiveButton(
                CharSequence text, android.content.DialogInterface.OnClickListener listener) {
            return this;
        }

        public Builder setNegativeButton(
                CharSequence text, android.content.DialogInterface.OnClickListener listener) {
            return this;
        }

        public AlertDialog show() {
            throw new UnsupportedOperationException();
        }
    }
}
