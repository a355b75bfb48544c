using System.Diagnostics;
using System.Text.Json;
using Isthmus.Testing;

namespace Isthmus.Inbound.Tests.Framing;

/// <summary>One request as a reader framed it: offsets in the connection behind its head and behind its last byte.</summary>
internal sealed record Framed(string Method, string Target, long Head, long End, long Body);

/// <summary>Node's parser, strict, in a process of its own: the second reader of the same bytes.</summary>
internal sealed class NodeReader : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Process node;

    public NodeReader()
    {
        node = Process.Start(new ProcessStartInfo("node", [Repository.PathOf("test", "Isthmus.Inbound.Tests", "Framing", "node-reader.cjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
    }

    public Reading Read(byte[] bytes)
    {
        node.StandardInput.WriteLine(Convert.ToBase64String(bytes));
        node.StandardInput.Flush();
        return JsonSerializer.Deserialize<Reading>(node.StandardOutput.ReadLine()!, Json)!;
    }

    public void Dispose()
    {
        node.StandardInput.Close();
        node.WaitForExit(TimeSpan.FromSeconds(10));
        node.Dispose();
    }

    /// <param name="Error">Why it read no further, or null.</param>
    internal sealed record Reading(IReadOnlyList<Framed> Requests, string? Error);
}
