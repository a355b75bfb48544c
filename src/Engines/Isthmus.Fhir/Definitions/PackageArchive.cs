using System.Formats.Tar;
using System.IO.Compression;

namespace Isthmus.Fhir.Definitions;

/// <summary>
/// The regular files of a <c>.tgz</c>, within limits. Their names are only compared, never used as paths, and links are
/// passed over: an archive can point nowhere.
/// </summary>
internal static class PackageArchive
{
    public static IEnumerable<(string Path, ReadOnlyMemory<byte> Content)> Files(Stream archive, PackageLimits limits, List<PackageFault> faults)
    {
        using var unzipped = new BoundedStream(new GZipStream(archive, CompressionMode.Decompress), limits.MaxTotalBytes);
        using var tar = new TarReader(unzipped);
        for (var count = 0; ; count++)
        {
            if (count == limits.MaxFiles || Next(tar, unzipped, limits, faults) is not { } file)
            {
                if (count == limits.MaxFiles || unzipped.IsExhausted)
                {
                    faults.Add(PackageFault.TooMuch());
                }

                yield break;
            }

            if (!file.Content.IsEmpty)
            {
                yield return file;
            }
        }
    }

    /// <summary>The next file, with empty content where it does not count; null at the end.</summary>
    private static (string Path, ReadOnlyMemory<byte> Content)? Next(TarReader tar, BoundedStream unzipped, PackageLimits limits, List<PackageFault> faults)
    {
        try
        {
            if (tar.GetNextEntry() is not { } entry)
            {
                return null;
            }

            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null
                || !entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            {
                return (entry.Name, default);
            }

            if (entry.Length > limits.MaxFileBytes)
            {
                faults.Add(PackageFault.TooLarge(entry.Name));
                return (entry.Name, default);
            }

            // The length is only claimed: what is not there is not allocated.
            using var content = new MemoryStream();
            entry.DataStream.CopyTo(content);
            return content.Length == entry.Length ? (entry.Name, content.ToArray()) : throw new EndOfStreamException();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or FormatException)
        {
            if (!unzipped.IsExhausted)
            {
                faults.Add(PackageFault.Damaged());
            }

            return null;
        }
    }

    /// <summary>Reads no more than so many bytes, whatever the compressed ones unpack to.</summary>
    private sealed class BoundedStream(Stream inner, long limit) : Stream
    {
        private long left = limit;

        public bool IsExhausted => left == 0;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
            left -= count;
            return count;
        }

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
