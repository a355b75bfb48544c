using System.Buffers;
using System.Text;
using Isthmus.Exchange.Packs;

namespace Isthmus.Outbound.Connectors.FhirRest;

/// <summary>
/// Composes one transaction Bundle that puts every resource under our id (R4 http.html#transaction): all or nothing, and the same
/// effect however often it is sent.
/// </summary>
internal static class TransactionBundle
{
    private const int RoomPerEntry = 256;

    /// <param name="resources">In order.</param>
    /// <param name="fhirBase">The server's base address with a trailing slash; full URLs are made from it.</param>
    /// <param name="bundle">Cleared first.</param>
    public static void Write(IReadOnlyList<PackedResource> resources, ReadOnlySpan<byte> fhirBase, ArrayBufferWriter<byte> bundle)
    {
        bundle.ResetWrittenCount();
        bundle.Write("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["u8);
        for (var i = 0; i < resources.Count; i++)
        {
            var resource = resources[i];
            bundle.GetSpan(resource.Json.Length + RoomPerEntry);
            bundle.Write(i == 0 ? "{\"fullUrl\":\""u8 : ",{\"fullUrl\":\""u8);
            bundle.Write(fhirBase);
            WriteName(bundle, resource);
            bundle.Write("\",\"resource\":"u8);
            bundle.Write(resource.Json.Span);
            bundle.Write(",\"request\":{\"method\":\"PUT\",\"url\":\""u8);
            WriteName(bundle, resource);
            bundle.Write("\"}}"u8);
        }

        bundle.Write("]}"u8);
    }

    // Type and id come from the pack as we wrote it: letters, digits, hyphens and dots, nothing that JSON escapes.
    private static void WriteName(ArrayBufferWriter<byte> bundle, in PackedResource resource)
    {
        var room = bundle.GetSpan(resource.Type.Length + resource.Id.Length + 1);
        var written = Encoding.ASCII.GetBytes(resource.Type, room);
        room[written++] = (byte)'/';
        written += Encoding.ASCII.GetBytes(resource.Id, room[written..]);
        bundle.Advance(written);
    }
}
