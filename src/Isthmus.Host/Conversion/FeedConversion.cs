using System.Buffers;
using System.Globalization;
using Isthmus.Mapping;
using Isthmus.Mapping.Feeds;

namespace Isthmus.Host.Conversion;

/// <summary>Rows of flat files and objects of vendors' JSON to FHIR bundles, by a feed's map.</summary>
internal sealed class FeedConversion(FeedMap feed, Translator translator, TranslationContext context)
{
    /// <summary>The files a path stands for: itself, or every file of a folder that the feed may have written.</summary>
    public static IEnumerable<string> Files(FeedMap feed, string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, feed.IsCsv ? "*.csv" : "*.json").Order(StringComparer.Ordinal) : [path];

    /// <summary>Every record of the files: NAME for the first of a file, NAME-2 for the second.</summary>
    public IEnumerable<ConvertedMessage> Convert(IEnumerable<string> paths)
    {
        foreach (var path in paths.SelectMany(path => Files(feed, path)))
        {
            var number = 0;
            foreach (var record in feed.Read(File.ReadAllBytes(path)))
            {
                yield return Convert(record, Path.GetFileNameWithoutExtension(path) + (++number == 1 ? string.Empty : $"-{number.ToString(CultureInfo.InvariantCulture)}"));
            }
        }
    }

    private ConvertedMessage Convert(FeedRecord record, string name)
    {
        var findings = record.Findings.Select(finding => new ConversionFinding(finding.Rule, finding.Column, finding.Message)).ToList();
        if (record.Message is not { } message)
        {
            return ConvertedMessage.Unread(name, findings);
        }

        using var translation = translator.Translate(message, context with { MessageReference = name });
        findings.AddRange(translation.Findings.Select(finding => new ConversionFinding(finding.Rule, feed.NameOf(finding.Location), finding.Message)));
        var unread = record.Unknown.Concat(translation.UnreadFields().Where(place => place.Segment != "MSH").Select(feed.NameOf)).ToList();
        var output = new ArrayBufferWriter<byte>();
        translation.WriteBundle(output);
        return new ConvertedMessage(name, translation.Resources.Count > 0, translation.Resources.Count, unread, findings) { Bundle = output.WrittenMemory };
    }
}
