"""The AWS of one machine: an emulator, a Rekognition and a MediaConvert that run what was deployed."""
