using System.Text.Json;
using Isthmus.Exchange;

namespace Isthmus.Inbound.Listeners;

/// <summary>A refusal as a problem document (RFC 9457): the rule id is its type, the sentence its title.</summary>
internal static class Problem
{
    public static byte[] Of(Refusal refusal, int status) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type = refusal.Id, title = refusal.Sentence, status });
}
