// The AAR: the Kotlin API, and libmoretta_jni.so for each processor, which build-native.sh puts into src/main/jniLibs.
plugins {
    id("com.android.library")
    id("org.jetbrains.kotlin.android")
}

android {
    namespace = "dev.moretta"
    compileSdk = 35
    defaultConfig {
        minSdk = 24
        consumerProguardFiles("consumer-rules.pro")
    }
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
    kotlinOptions {
        jvmTarget = "17"
    }
    // Where it is uncompressed and aligned in the APK, so that it is mapped from there.
    packaging {
        jniLibs.useLegacyPackaging = false
    }
}

dependencies {
    // For Frame.of(ImageProxy): apps without CameraX need not have it.
    compileOnly("androidx.camera:camera-core:1.4.1")
}

// The merged manifest, with those of all dependencies, asks for no permission: not for the network above all.
androidComponents {
    onVariants { variant ->
        val name = variant.name.replaceFirstChar(Char::uppercase)
        val manifest = variant.artifacts.get(com.android.build.api.artifact.SingleArtifact.MERGED_MANIFEST)
        val check = tasks.register("check${name}Permissions") {
            inputs.file(manifest)
            doLast {
                val text = manifest.get().asFile.readText()
                check("uses-permission" !in text) { "the AAR asks for a permission:\n$text" }
            }
        }
        tasks.named("check") { dependsOn(check) }
        tasks.matching { it.name == "bundle${name}Aar" }.configureEach { dependsOn(check) }
    }
}
