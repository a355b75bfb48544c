using System.Security.Cryptography;
using System.Text;
using Isthmus.Hl7v2;

namespace Isthmus.Mapping.Reverse;

/// <summary>
/// MSH-10 of a message to which nobody gave a number, or one that is too long: the same resources written at the same time get the same
/// number, so that a repeat is known as one, and any others another, however many are written in a second.
/// </summary>
internal static class MessageNumbers
{
    /// <summary>MSH-10 was ST of 20 characters up to version 2.5.1 (§2.15.9.10) and has 199 since 2.6 (§2.14.9.10).</summary>
    private const int LongestOfOld = 20;
    private const int Longest = 199;

    /// <summary>A number as it stands; one that the version has no room for by its digest.</summary>
    public static void Given(ReverseRun run, in Given given)
    {
        if (given.Target() is not { } at)
        {
            return;
        }

        var text = given.Item.AsString() ?? string.Empty;
        var version = Hl7Versions.TryParse(run.Context.Version, out var known) ? known : Hl7Versions.Newest;
        if (!run.Sheet.Has(at) && text.Length > (version < Hl7Version.V26 ? LongestOfOld : Longest))
        {
            run.Find(ReverseRules.NumberShortened, given.Item.Element);
            text = Digest(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }

        run.Write(at, Encoding.UTF8.GetBytes(text), given.Item.Element);
    }

    /// <summary>The digest of all that the message says so far: every segment behind MSH, and of MSH what stands before it, the time included.</summary>
    public static void OfContent(ReverseRun run, in Given given)
    {
        if (given.Target() is not { } at || run.Sheet.Has(at))
        {
            return;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(run.Output.ToArray());
        run.Sheet.AppendTo(hash);
        run.Write(at, Encoding.ASCII.GetBytes(Digest(hash.GetHashAndReset())), default);
    }

    private static string Digest(byte[] hash) => Convert.ToHexString(hash.AsSpan(0, LongestOfOld / 2));
}
