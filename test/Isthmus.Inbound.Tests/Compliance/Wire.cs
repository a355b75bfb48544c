namespace Isthmus.Inbound.Tests.Compliance;

/// <summary>One message and what comes back, by either protocol: the text of the acknowledgement, empty where none came.</summary>
internal static class Wire
{
    public static async Task<string> MllpAsync(RunningEdge edge, string message)
    {
        await using var sender = await edge.ConnectAsync();
        await sender.SendAsync(message);

        // Answers leave in frame order: where the next frame's comes first, this one has none.
        var marker = Results.NewId();
        await sender.SendAsync(Results.Message(marker, version: "0.0"));
        var text = await sender.ReceiveTextAsync();
        return text.Contains($"|{marker}\r", StringComparison.Ordinal) ? "" : text;
    }

    public static async Task<string> HttpAsync(RunningEdge edge, string message)
    {
        using var sender = new HttpSender();
        using var response = await sender.PostAsync(edge, message);
        return await response.Content.ReadAsStringAsync();
    }
}
