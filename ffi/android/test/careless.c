#include <jni.h>

JNIEXPORT void JNICALL Java_Careless_careless(JNIEnv *env, jclass class)
{
    (void)class;
    (*env)->ThrowNew(env, (*env)->FindClass(env, "java/lang/IllegalStateException"), "first");
    (*env)->FindClass(env, "java/lang/String"); /* not allowed while something is thrown */
}
