declare module "*?folded" {
  const folded: string;
  export default folded;
}
