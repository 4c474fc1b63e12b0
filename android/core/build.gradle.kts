// The generated bindings and the Rust library for the phones' processors.
plugins {
    alias(libs.plugins.android.library)
    alias(libs.plugins.kotlin.android)
}

val abis = listOf("arm64-v8a", "x86_64")

android {
    namespace = "org.farley.core"
    compileSdk =
        libs.versions.compileSdk
            .get()
            .toInt()
    defaultConfig {
        minSdk =
            libs.versions.minSdk
                .get()
                .toInt()
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += abis }
    }
    sourceSets["main"].kotlin.srcDir("src/main/kotlin")
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

kotlin { jvmToolchain(17) }

dependencies {
    api(libs.coroutines.core)
    // The AAR carries JNA's own libraries for the phones; 5.18 aligns them to 16 KB pages.
    implementation(libs.jna) { artifact { type = "aar" } }
}

// cargo install cargo-ndk --version 4.1.2; rustup target add aarch64-linux-android x86_64-linux-android; ANDROID_NDK_HOME set.
val cargoNdk by tasks.registering(Exec::class) {
    workingDir = rootDir.parentFile
    commandLine(
        listOf("cargo", "ndk") + abis.flatMap { listOf("-t", it) } +
            listOf("-P", "26", "-o", "android/core/src/main/jniLibs", "build", "-p", "farley-mobile", "--release", "--features", "encrypted"),
    )
    doLast {
        // Other cdylibs of the workspace land beside ours: only ours belongs into the app.
        fileTree(file("src/main/jniLibs")) { exclude("**/libfarley_mobile.so") }.forEach { it.delete() }
    }
    onlyIf { !project.hasProperty("skipRust") }
}

tasks.named("preBuild") { dependsOn(cargoNdk) }
