namespace Isthmus.Fhir.Paths;

/// <summary>An expression as written. <see cref="Depth"/> counts how deep the tree below is, so that its walkers can be recursive.</summary>
internal abstract record PathSyntax(int Position, int Depth);

/// <summary>A constant, or <c>{}</c> where there is no value.</summary>
internal sealed record LiteralSyntax(int Position, FhirPathValue? Value) : PathSyntax(Position, 1);

/// <summary><c>$this</c>, <c>$index</c>, <c>$total</c>.</summary>
internal sealed record SpecialSyntax(int Position, string Name) : PathSyntax(Position, 1);

/// <summary><c>%name</c>.</summary>
internal sealed record VariableSyntax(int Position, string Name) : PathSyntax(Position, 1);

/// <summary>An element name, of what stands before the dot, or of the focus.</summary>
internal sealed record ElementSyntax(int Position, PathSyntax? Source, string Name) : PathSyntax(Position, 1 + (Source?.Depth ?? 0));

internal sealed record CallSyntax(int Position, PathSyntax? Source, string Name, IReadOnlyList<PathSyntax> Arguments)
    : PathSyntax(Position, 1 + Math.Max(Source?.Depth ?? 0, Arguments.Count == 0 ? 0 : Arguments.Max(argument => argument.Depth)));

internal sealed record IndexSyntax(int Position, PathSyntax Source, PathSyntax Index) : PathSyntax(Position, 1 + Math.Max(Source.Depth, Index.Depth));

/// <summary>A sign.</summary>
internal sealed record SignSyntax(int Position, bool Negative, PathSyntax Operand) : PathSyntax(Position, 1 + Operand.Depth);

internal sealed record BinarySyntax(int Position, string Operator, PathSyntax Left, PathSyntax Right)
    : PathSyntax(Position, 1 + Math.Max(Left.Depth, Right.Depth));

/// <summary><c>operand is Type</c> and <c>operand as Type</c>.</summary>
internal sealed record TypeSyntax(int Position, string Operator, PathSyntax Operand, TypeSpecifier Type) : PathSyntax(Position, 1 + Operand.Depth);

/// <summary>A key of <c>sort()</c> with its direction.</summary>
internal sealed record SortKeySyntax(int Position, PathSyntax Key, bool Descending) : PathSyntax(Position, 1 + Key.Depth);

/// <summary>A type's name as written, with its namespace if it was given.</summary>
internal sealed record TypeSpecifier(int Position, string? Namespace, string Name);
