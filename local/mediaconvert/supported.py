"""Which job settings this renderer honours, and which it may leave aside without anyone noticing.

Everything else that a job sets would change the picture, the sound or the files, so the job is refused
with error 1040 and the setting's path. ``A.B = X|Y`` means that only these values are honoured.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local.mediaconvert.errors import JobError

_HONOURED = """
FollowSource
Inputs.FileInput
Inputs.TimecodeSource
Inputs.TimecodeStart
Inputs.InputClippings.StartTimecode
Inputs.InputClippings.EndTimecode
Inputs.AudioSelectors.*.DefaultSelection
Inputs.AudioSelectors.*.SelectorType = TRACK|LANGUAGE_CODE
Inputs.AudioSelectors.*.Tracks
Inputs.AudioSelectors.*.LanguageCode
Inputs.AudioSelectors.*.CustomLanguageCode
Inputs.AudioSelectors.*.Offset
Inputs.AudioSelectors.*.RemixSettings.ChannelsIn
Inputs.AudioSelectors.*.RemixSettings.ChannelsOut
Inputs.AudioSelectors.*.RemixSettings.ChannelMapping.OutputChannels.InputChannels
Inputs.AudioSelectors.*.RemixSettings.ChannelMapping.OutputChannels.InputChannelsFineTune
Inputs.VideoSelector.Rotate
OutputGroups.OutputGroupSettings.Type = FILE_GROUP_SETTINGS|HLS_GROUP_SETTINGS
OutputGroups.OutputGroupSettings.FileGroupSettings.Destination
OutputGroups.OutputGroupSettings.FileGroupSettings.DestinationSettings.S3Settings.Encryption.EncryptionType
OutputGroups.OutputGroupSettings.FileGroupSettings.DestinationSettings.S3Settings.Encryption.KmsKeyArn
OutputGroups.OutputGroupSettings.FileGroupSettings.DestinationSettings.S3Settings.StorageClass
OutputGroups.OutputGroupSettings.HlsGroupSettings.Destination
OutputGroups.OutputGroupSettings.HlsGroupSettings.DestinationSettings.S3Settings.Encryption.EncryptionType
OutputGroups.OutputGroupSettings.HlsGroupSettings.DestinationSettings.S3Settings.Encryption.KmsKeyArn
OutputGroups.OutputGroupSettings.HlsGroupSettings.DestinationSettings.S3Settings.StorageClass
OutputGroups.OutputGroupSettings.HlsGroupSettings.SegmentLength
OutputGroups.OutputGroupSettings.HlsGroupSettings.SegmentLengthControl = EXACT|GOP_MULTIPLE
OutputGroups.OutputGroupSettings.HlsGroupSettings.ManifestDurationFormat
OutputGroups.OutputGroupSettings.HlsGroupSettings.StreamInfResolution
OutputGroups.Outputs.NameModifier
OutputGroups.Outputs.Extension
OutputGroups.Outputs.ContainerSettings.Container = MP4|M3U8|RAW
OutputGroups.Outputs.ContainerSettings.Mp4Settings.MoovPlacement
OutputGroups.Outputs.ContainerSettings.Mp4Settings.Mp4MajorBrand
OutputGroups.Outputs.OutputSettings.HlsSettings.SegmentModifier
OutputGroups.Outputs.VideoDescription.Width
OutputGroups.Outputs.VideoDescription.Height
OutputGroups.Outputs.VideoDescription.ScalingBehavior = DEFAULT|STRETCH_TO_OUTPUT|FIT|FIT_NO_UPSCALE|FILL
OutputGroups.Outputs.VideoDescription.Sharpness
OutputGroups.Outputs.VideoDescription.ColorMetadata
OutputGroups.Outputs.VideoDescription.VideoPreprocessors.Deinterlacer.Mode = DEINTERLACE
OutputGroups.Outputs.VideoDescription.VideoPreprocessors.Deinterlacer.Control = NORMAL
OutputGroups.Outputs.VideoDescription.VideoPreprocessors.ColorCorrector.ColorSpaceConversion = FORCE_709
OutputGroups.Outputs.VideoDescription.VideoPreprocessors.ColorCorrector.HdrToSdrToneMapper = PRESERVE_DETAILS
OutputGroups.Outputs.VideoDescription.CodecSettings.Codec = H_264|FRAME_CAPTURE
OutputGroups.Outputs.VideoDescription.CodecSettings.FrameCaptureSettings.FramerateNumerator
OutputGroups.Outputs.VideoDescription.CodecSettings.FrameCaptureSettings.FramerateDenominator
OutputGroups.Outputs.VideoDescription.CodecSettings.FrameCaptureSettings.MaxCaptures
OutputGroups.Outputs.VideoDescription.CodecSettings.FrameCaptureSettings.Quality
H264.AdaptiveQuantization
H264.Bitrate
H264.CodecLevel
H264.CodecProfile = BASELINE|MAIN|HIGH
H264.EntropyEncoding
H264.FramerateControl
H264.FramerateConversionAlgorithm = DUPLICATE_DROP
H264.FramerateDenominator
H264.FramerateNumerator
H264.GopBReference
H264.GopSize
H264.GopSizeUnits
H264.HrdBufferSize
H264.InterlaceMode = PROGRESSIVE
H264.MaxBitrate
H264.MinIInterval
H264.NumberBFramesBetweenReferenceFrames
H264.NumberReferenceFrames
H264.ParControl
H264.ParDenominator
H264.ParNumerator
H264.QualityTuningLevel
H264.QvbrSettings.QvbrQualityLevel
H264.QvbrSettings.QvbrQualityLevelFineTune
H264.RateControlMode
H264.SceneChangeDetect
H264.Slices
Audio.AudioSourceName
Audio.CustomLanguageCode
Audio.LanguageCode
Audio.LanguageCodeControl
Audio.RemixSettings.ChannelsIn
Audio.RemixSettings.ChannelsOut
Audio.RemixSettings.ChannelMapping.OutputChannels.InputChannels
Audio.RemixSettings.ChannelMapping.OutputChannels.InputChannelsFineTune
Audio.CodecSettings.Codec = AAC
Audio.CodecSettings.AacSettings.Bitrate
Audio.CodecSettings.AacSettings.CodecProfile = LC
Audio.CodecSettings.AacSettings.CodingMode = CODING_MODE_1_0|CODING_MODE_2_0|CODING_MODE_5_1|CODING_MODE_AUTO
Audio.CodecSettings.AacSettings.RateControlMode = CBR
Audio.CodecSettings.AacSettings.SampleRate
Audio.AudioNormalizationSettings.Algorithm
Audio.AudioNormalizationSettings.AlgorithmControl
Audio.AudioNormalizationSettings.CorrectionGateLevel
Audio.AudioNormalizationSettings.TargetLkfs
Audio.AudioNormalizationSettings.TruePeakLimiterThreshold
"""

_HARMLESS = """
AdAvailOffset = 0
TimecodeConfig.Source
TimecodeConfig.Start
TimecodeConfig.Anchor
TimecodeConfig.TimestampOffset
Inputs.PsiControl
Inputs.ProgramNumber = 1
Inputs.FilterEnable = AUTO|DISABLE
Inputs.FilterStrength = 0
Inputs.DeblockFilter = DISABLED
Inputs.DenoiseFilter = DISABLED
Inputs.AdvancedInputFilter = DISABLED
Inputs.InputScanType = AUTO
Inputs.AudioSelectors.*.ProgramSelection = 0|1
Inputs.AudioSelectors.*.AudioDurationCorrection = DISABLED
Inputs.VideoSelector.AlphaBehavior = DISCARD
Inputs.VideoSelector.ColorSpace = FOLLOW
Inputs.VideoSelector.ColorSpaceUsage
Inputs.VideoSelector.EmbeddedTimecodeOverride = NONE
Inputs.VideoSelector.PadVideo = DISABLED
Inputs.VideoSelector.SampleRange = FOLLOW
Inputs.VideoSelector.SelectorType = AUTO
OutputGroups.Name
OutputGroups.CustomName
OutputGroups.OutputGroupSettings.HlsGroupSettings.AudioOnlyHeader
OutputGroups.OutputGroupSettings.HlsGroupSettings.CaptionLanguageSetting = OMIT|NONE
OutputGroups.OutputGroupSettings.HlsGroupSettings.CaptionSegmentLengthControl
OutputGroups.OutputGroupSettings.HlsGroupSettings.ClientCache = ENABLED
OutputGroups.OutputGroupSettings.HlsGroupSettings.CodecSpecification
OutputGroups.OutputGroupSettings.HlsGroupSettings.DirectoryStructure = SINGLE_DIRECTORY
OutputGroups.OutputGroupSettings.HlsGroupSettings.ImageBasedTrickPlay = NONE
OutputGroups.OutputGroupSettings.HlsGroupSettings.ManifestCompression = NONE
OutputGroups.OutputGroupSettings.HlsGroupSettings.MinFinalSegmentLength = 0.0
OutputGroups.OutputGroupSettings.HlsGroupSettings.MinSegmentLength
OutputGroups.OutputGroupSettings.HlsGroupSettings.OutputSelection = MANIFESTS_AND_SEGMENTS
OutputGroups.OutputGroupSettings.HlsGroupSettings.ProgramDateTime = EXCLUDE
OutputGroups.OutputGroupSettings.HlsGroupSettings.ProgramDateTimePeriod
OutputGroups.OutputGroupSettings.HlsGroupSettings.ProgressiveWriteHlsManifest
OutputGroups.OutputGroupSettings.HlsGroupSettings.SegmentControl = SEGMENTED_FILES
OutputGroups.OutputGroupSettings.HlsGroupSettings.TargetDurationCompatibilityMode
OutputGroups.OutputGroupSettings.HlsGroupSettings.TimedMetadataId3Frame = NONE
OutputGroups.OutputGroupSettings.HlsGroupSettings.TimedMetadataId3Period
OutputGroups.Outputs.ContainerSettings.Mp4Settings.AudioDuration
OutputGroups.Outputs.ContainerSettings.Mp4Settings.C2paManifest = EXCLUDE
OutputGroups.Outputs.ContainerSettings.Mp4Settings.CslgAtom
OutputGroups.Outputs.ContainerSettings.Mp4Settings.CttsVersion
OutputGroups.Outputs.ContainerSettings.Mp4Settings.FreeSpaceBox = EXCLUDE
OutputGroups.Outputs.ContainerSettings.M3u8Settings.AudioDuration
OutputGroups.Outputs.ContainerSettings.M3u8Settings.AudioFramesPerPes
OutputGroups.Outputs.ContainerSettings.M3u8Settings.AudioPids
OutputGroups.Outputs.ContainerSettings.M3u8Settings.DataPTSControl
OutputGroups.Outputs.ContainerSettings.M3u8Settings.MaxPcrInterval
OutputGroups.Outputs.ContainerSettings.M3u8Settings.NielsenId3 = NONE
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PatInterval
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PcrControl
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PcrPid
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PmtInterval
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PmtPid
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PrivateMetadataPid
OutputGroups.Outputs.ContainerSettings.M3u8Settings.ProgramNumber
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PtsOffset
OutputGroups.Outputs.ContainerSettings.M3u8Settings.PtsOffsetMode
OutputGroups.Outputs.ContainerSettings.M3u8Settings.Scte35Pid
OutputGroups.Outputs.ContainerSettings.M3u8Settings.Scte35Source = NONE
OutputGroups.Outputs.ContainerSettings.M3u8Settings.TimedMetadata = NONE
OutputGroups.Outputs.ContainerSettings.M3u8Settings.TimedMetadataPid
OutputGroups.Outputs.ContainerSettings.M3u8Settings.TransportStreamId
OutputGroups.Outputs.ContainerSettings.M3u8Settings.VideoPid
OutputGroups.Outputs.OutputSettings.HlsSettings.AudioGroupId
OutputGroups.Outputs.OutputSettings.HlsSettings.AudioOnlyContainer
OutputGroups.Outputs.OutputSettings.HlsSettings.AudioRenditionSets
OutputGroups.Outputs.OutputSettings.HlsSettings.AudioTrackType
OutputGroups.Outputs.OutputSettings.HlsSettings.DescriptiveVideoServiceFlag = DONT_FLAG
OutputGroups.Outputs.OutputSettings.HlsSettings.IFrameOnlyManifest = EXCLUDE
OutputGroups.Outputs.VideoDescription.AfdSignaling = NONE
OutputGroups.Outputs.VideoDescription.AntiAlias
OutputGroups.Outputs.VideoDescription.ChromaPositionMode = AUTO
OutputGroups.Outputs.VideoDescription.DropFrameTimecode
OutputGroups.Outputs.VideoDescription.RespondToAfd = NONE
OutputGroups.Outputs.VideoDescription.TimecodeInsertion = DISABLED
OutputGroups.Outputs.VideoDescription.TimecodeTrack = DISABLED
OutputGroups.Outputs.VideoDescription.VideoPreprocessors.Deinterlacer.Algorithm
H264.DynamicSubGop
H264.EndOfStreamMarkers
H264.ExplicitWeightedPrediction
H264.FieldEncoding
H264.FlickerAdaptiveQuantization
H264.GopClosedCadence
H264.HrdBufferFinalFillPercentage
H264.HrdBufferInitialFillPercentage
H264.RepeatPps
H264.SaliencyAwareEncoding
H264.ScanTypeConversionMode
H264.SlowPal = DISABLED
H264.Softness = 0
H264.SpatialAdaptiveQuantization
H264.Syntax = DEFAULT
H264.Telecine = NONE
H264.TemporalAdaptiveQuantization
H264.UnregisteredSeiTimecode = DISABLED
H264.WriteMp4PackagingType = AVC1
Audio.AudioType
Audio.AudioTypeControl
Audio.StreamName
Audio.AudioNormalizationSettings.LoudnessLogging = DONT_LOG
Audio.AudioNormalizationSettings.PeakCalculation
Audio.CodecSettings.AacSettings.AudioDescriptionBroadcasterMix = NORMAL
Audio.CodecSettings.AacSettings.LoudnessMeasurementMode
Audio.CodecSettings.AacSettings.PassthroughControl = NO_PASSTHROUGH
Audio.CodecSettings.AacSettings.RawFormat = NONE
Audio.CodecSettings.AacSettings.Specification
Audio.CodecSettings.AacSettings.VbrQuality
"""

_SHORT = {
    "H264.": "OutputGroups.Outputs.VideoDescription.CodecSettings.H264Settings.",
    "Audio.": "OutputGroups.Outputs.AudioDescriptions.",
}


def _read(table: str) -> dict[str, frozenset[str] | None]:
    known: dict[str, frozenset[str] | None] = {}
    for line in table.split("\n"):
        path, _, values = line.partition(" = ")
        for short, full in _SHORT.items():
            if path.startswith(short):
                path = full + path.removeprefix(short)
        if path:
            known[path] = frozenset(values.split("|")) if values else None
    return known


_KNOWN = _read(_HONOURED) | _read(_HARMLESS)


def refuse_unsupported(settings: dict[str, Any]) -> None:
    """Raise for the first setting of a job that this renderer would otherwise have to ignore.

    Raises:
        JobError: 1040, naming the setting's path and, where some values are honoured, which ones.
    """
    for path, pattern, value in _leaves(settings, "", ""):
        if pattern not in _KNOWN:
            raise JobError(JobError.SETTINGS, f"{path} is not supported by the local MediaConvert.")
        allowed = _KNOWN[pattern]
        if allowed is not None and str(value) not in allowed:
            honoured = ", ".join(sorted(allowed))
            raise JobError(
                JobError.SETTINGS,
                f"{path}: {value} is not supported by the local MediaConvert (supported: {honoured}).",
            )


def _leaves(value: object, path: str, pattern: str) -> Iterator[tuple[str, str, object]]:
    """Every scalar of the settings with its exact path and its path without positions and names."""
    if isinstance(value, dict):
        named = pattern.endswith(("AudioSelectors", "AudioSelectorGroups", "CaptionSelectors"))
        for key, item in value.items():
            step = "*" if named else key
            yield from _leaves(item, f"{path}/{key}", f"{pattern}.{step}" if pattern else step)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}/{index}", pattern)
    else:
        yield path, pattern, value
